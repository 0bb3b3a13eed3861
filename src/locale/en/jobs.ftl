# Words of: jobs
