"""Two fonts that travel with the package, each with its licence: Korean text, and formulas."""

from pathlib import Path

NANUM_GOTHIC = Path(__file__).with_name("NanumGothic.ttf")
STIX_TWO_MATH = Path(__file__).with_name("STIXTwoMath-Regular.ttf")
