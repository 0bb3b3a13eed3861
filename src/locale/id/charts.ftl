# Words of: charts
charts-no-data = belum ada data
# Twelve short names of months, separated by spaces.
charts-months = Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des
