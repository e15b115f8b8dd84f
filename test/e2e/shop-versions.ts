import { builtVariant } from "../helpers/samples.ts";

/** Versions of the shop: without a stock, with one and its migration, and one that does not start. */
export const [oldShop, currentShop, brokenShop] = ["1.0.0", "1.1.0", "1.2.0"] as const;

/** Before there was a stock: no column, no migration. */
export async function builtOldShop(): Promise<string> {
  return builtVersion(
    oldShop,
    {
      "src/shop/models.py": [[STOCK, ""]],
      "src/shop/templates/shop/front.html": [[", {{ product.stock }} in stock", ""]],
    },
    ["src/shop/migrations/0002_product_stock.py"],
  );
}

export async function builtCurrentShop(): Promise<string> {
  return builtVersion(currentShop, {});
}

export async function builtBrokenShop(): Promise<string> {
  return builtVersion(brokenShop, {
    "src/shop/wsgi.py": [["application = get_wsgi_application()", "raise SystemExit('no shop today')"]],
  });
}

const STOCK = `    # A default of the database: a shop of the version before, which does not know it, still adds products.
    stock = models.PositiveIntegerField(db_default=0)
`;

/** A port of its own, and a cron job that does not keep the test waiting. */
async function builtVersion(
  version: string,
  edits: Readonly<Record<string, readonly (readonly [string, string])[]>>,
  removed: readonly string[] = [],
): Promise<string> {
  const settings = [
    ['version = "1.1.0"', `version = "${version}"`],
    ["127.0.0.1:8002", "127.0.0.1:8024"],
    ['"*/10 * * * *"', '"* * * * *"'],
  ] as const;
  return builtVariant("shop", { id: version, edits: { "pyproject.toml": settings, ...edits }, removed });
}
