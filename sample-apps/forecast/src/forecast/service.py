"""The ASGI application that uvicorn serves. The model is trained when it starts and after each new day."""

from datetime import date
from typing import Annotated

import pandas as pd
from fastapi import FastAPI, Query
from pydantic import BaseModel

from forecast.model import DemandModel
from forecast.sales import load_sales, record_sale, state_directory

app = FastAPI(title="Demand forecast")
app.state.model = DemandModel(load_sales(state_directory()))


class Sale(BaseModel):
    day: date
    sold: float


@app.get("/forecast")
def forecast(days: Annotated[int, Query(ge=1, le=90)] = 7) -> dict[str, float]:
    demand = app.state.model.forecast(days)
    return {f"{day:%Y-%m-%d}": value for day, value in demand.items()}


@app.post("/sales", status_code=201)
def add_sale(sale: Sale) -> dict[str, int]:
    sales = record_sale(state_directory(), pd.Timestamp(sale.day), sale.sold)
    app.state.model = DemandModel(sales)
    return {"days": len(sales)}
