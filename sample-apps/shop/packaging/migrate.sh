# Runs before the service starts, with the version that was configured before ($1) and the new one ($2). As the
# service's user: what root made in /var/lib/shop, the service could not write to. Older code leaves a newer database
# alone: each migration lets the code before it go on working.
runuser -u shop -- /opt/shop/bin/shop-manage migrate --no-input --verbosity 0
