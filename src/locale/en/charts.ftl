# Words of: charts
charts-no-data = no data yet
# Twelve short names of months, separated by spaces.
charts-months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
