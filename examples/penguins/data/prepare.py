"""Write penguins.csv from the published table. It needs: pip install palmerpenguins==0.1.6

Each row is one adult bird at its nest. Birds of unknown sex are left out, because sex is what the networks predict.
"""

from pathlib import Path

from palmerpenguins import load_penguins_raw

COLUMNS = {
    "Island": "island",
    "Clutch Completion": "full_clutch",
    "Culmen Length (mm)": "bill_length_mm",
    "Culmen Depth (mm)": "bill_depth_mm",
    "Flipper Length (mm)": "flipper_length_mm",
    "Body Mass (g)": "body_mass_g",
    "Delta 15 N (o/oo)": "delta_15_n",
    "Delta 13 C (o/oo)": "delta_13_c",
    "Sex": "sex",
}

birds = load_penguins_raw().dropna(subset=["Sex"])
species = birds["Species"].str.split().str[0]
table = birds[list(COLUMNS)].rename(columns=COLUMNS)
table.insert(0, "species", species)
table.insert(0, "nest", species + "-" + birds["Individual ID"].str.extract(r"N(\d+)A", expand=False))  # of a pair
for column in ("full_clutch", "sex"):
    table[column] = table[column].str.lower()
table.to_csv(Path(__file__).with_name("penguins.csv"), index=False)
