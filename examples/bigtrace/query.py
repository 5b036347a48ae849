"""Asks many converted traces the same question at once, with Perfetto's own BatchTraceProcessor.

python3 query.py 'converted/**/*.pftrace' [QUERY.sql]
"""

import glob
import os
import sys

from perfetto.batch_trace_processor.api import BatchTraceProcessor, BatchTraceProcessorConfig
from perfetto.trace_processor.api import TraceProcessorConfig

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    pattern = sys.argv[1]
    query = sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "scheduler-latency.sql")
    with open(query, encoding="utf-8") as file:
        sql = file.read()
    paths = sorted(glob.glob(pattern, recursive=True))
    # Without a trace processor of one's own, the package fetches the one that it was made with.
    shell = TraceProcessorConfig(bin_path=os.environ.get("TRACE_PROCESSOR_SHELL"))
    with BatchTraceProcessor(paths, BatchTraceProcessorConfig(tp_config=shell)) as traces:
        # One table, in which the column _path says which trace a row is from.
        rows = traces.query_and_flatten(sql)
    print(f"{len(paths)} traces")
    print(rows.sort_values("longest", ascending=False).head(20).to_string(index=False))
    print(rows.groupby("function").agg({"waits": "sum", "total": "sum", "longest": "max"})
          .sort_values("total", ascending=False).head(20).to_string())


main()
