"""Tables that figures and pages show: the findings of a study, the explorer's points, benchmarks, comparisons."""
