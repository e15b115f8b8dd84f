"""`forecast-demand [DAYS]`: the forecast as a table, from the same data as the service."""

import sys

from forecast.model import DemandModel
from forecast.sales import example_sales


def main() -> None:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    print(DemandModel(example_sales()).forecast(days).to_string())
