# Words of: charts
charts-no-data = belum ada data
