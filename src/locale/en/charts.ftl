# Words of: charts
charts-no-data = no data yet
