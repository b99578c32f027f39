"""Three fonts, shipped with their licences: for Latin text, for Korean text and for formulas."""

from pathlib import Path

SANS = Path(__file__).with_name("TrialSans-Regular.ttf")  # for figures; pages have theirs in the style sheet sans.css
NANUM_GOTHIC = Path(__file__).with_name("NanumGothic.ttf")
STIX_TWO_MATH = Path(__file__).with_name("STIXTwoMath-Regular.ttf")
