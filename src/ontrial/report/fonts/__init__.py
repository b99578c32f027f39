"""Two fonts, shipped with their licences: one for Korean text and one for formulas."""

from pathlib import Path

NANUM_GOTHIC = Path(__file__).with_name("NanumGothic.ttf")
STIX_TWO_MATH = Path(__file__).with_name("STIXTwoMath-Regular.ttf")
