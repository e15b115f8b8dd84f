"""A small linear model: trend and weekday."""

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge


class DemandModel:
    """Learns from the days it is given and tells the demand of the days after them."""

    def __init__(self, sales: pd.DataFrame) -> None:
        self._first = sales["day"].min()
        self._last = sales["day"].max()
        self._model = Ridge(alpha=0.1).fit(self._features(sales["day"]), sales["sold"])

    def forecast(self, days: int) -> pd.Series:
        """The expected demand of the next days, indexed by day."""
        future = pd.date_range(self._last + pd.Timedelta(days=1), periods=days, freq="D")
        predicted = self._model.predict(self._features(future.to_series()))
        return pd.Series(predicted.round(1), index=future)

    def _features(self, days: pd.Series) -> np.ndarray:
        trend = (days - self._first).dt.days.to_numpy()
        weekdays = np.eye(7)[days.dt.dayofweek.to_numpy()]
        return np.column_stack([trend, weekdays])
