-- Probes the targets big/project-0001 to big/project-0500 in turn, as Prometheus does, and prints
-- what came of it as one line of JSON. More targets than connections: no probe finds another one
-- of the same target under way, whose answer it could share.
--
-- Arguments: path and query before the target, and after it. Headers of the command line are sent
-- as well.

local requests = {}
local next_request = 0

function init(args)
  wrk.headers["Accept"] = "application/openmetrics-text;version=1.0.0,"
    .. "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
  wrk.headers["Accept-Encoding"] = "gzip"
  wrk.headers["User-Agent"] = "Prometheus/2.42.0"
  wrk.headers["X-Prometheus-Scrape-Timeout-Seconds"] = "10"
  for i = 1, 500 do
    local target = string.format("big/project-%04d", i)
    requests[i] = wrk.format("GET", args[1] .. target .. (args[2] or ""))
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"probes":%d,"failed":%d,"p99":%.3f}\n',
    summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(99) / 1e3))
end
