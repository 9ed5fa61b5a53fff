"""All Dagster that is no asset: the asset decorator, IO, partitions, jobs, resources."""
