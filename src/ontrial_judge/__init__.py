"""The judge: from the numbers of runs to intervals, outcomes and a verdict. It knows no network, study or site."""
