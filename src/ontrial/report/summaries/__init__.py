"""Tables that figures and pages show: the explorer's points, benchmarks, comparisons, robustness."""
