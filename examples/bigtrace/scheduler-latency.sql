-- How long the goroutines of each start function were runnable before they ran: durations are nanoseconds.
-- Goroutines with a name of what they run, such as coroutines, count for that name.
with
  runnable as (
    -- One that still waits at the end has no duration.
    select
      -- The full name of the start function is the second word of its group's command line, unless it is the name of the row.
      iif(instr(cmdline, ' ') > 0, substr(cmdline, instr(cmdline, ' ') + 1), thread.name) as function,
      iif(dur < 0, trace_end() - ts, dur) as dur
    from thread_state join thread using (utid) left join process using (upid)
    where state = 'R'
  ),
  ranked as (
    select
      function,
      dur,
      row_number() over (partition by function order by dur) as rank,
      count(*) over (partition by function) as waits
    from runnable
  )
select
  function,
  waits,
  sum(dur) as total,
  max(case when rank <= (99 * waits + 99) / 100 then dur end) as p99,
  max(dur) as longest
from ranked
group by function
order by total desc
