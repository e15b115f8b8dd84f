"""What was sold: one row a day, kept as CSV in the state folder of the service."""

import os
from pathlib import Path

import numpy as np
import pandas as pd


def state_directory() -> Path:
    """The folder that systemd makes for the service; a relative one when run by hand."""
    return Path(os.environ.get("STATE_DIRECTORY", "state"))


def load_sales(directory: Path) -> pd.DataFrame:
    """Reads the recorded days, after writing example data when there are none."""
    path = directory / "sales.csv"
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        example_sales().to_csv(path, index=False)
    return pd.read_csv(path, parse_dates=["day"])


def record_sale(directory: Path, day: pd.Timestamp, sold: float) -> pd.DataFrame:
    """Adds or replaces one day and gives all of them, oldest first."""
    sales = load_sales(directory)
    others = sales[sales["day"] != day]
    new = pd.DataFrame({"day": [day], "sold": [sold]})
    merged = pd.concat([others, new]).sort_values("day", ignore_index=True)
    temporary = directory / "sales.csv.new"
    merged.to_csv(temporary, index=False)
    temporary.replace(directory / "sales.csv")
    return merged


def example_sales() -> pd.DataFrame:
    """Two years with a trend, busy Saturdays and a little noise; the same on every machine."""
    days = pd.date_range("2023-01-01", periods=730, freq="D")
    noise = np.random.default_rng(seed=7).normal(scale=2.0, size=len(days))
    trend = 100 + 0.05 * np.arange(len(days))
    saturdays = np.where(days.dayofweek == 5, 40.0, 0.0)
    return pd.DataFrame({"day": days, "sold": (trend + saturdays + noise).round(1)})
