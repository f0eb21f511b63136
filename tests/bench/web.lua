-- web.lua - for wrk: asks a running server the queries of a file, each once, from a given line on.
--
-- BENCH_QUERIES is the file (a heading, then lines of cells), BENCH_COLUMN the cell that is asked, BENCH_START how many
-- queries were asked before. Ends with a line of JSON: how many were asked, how many a second, the latencies, how many
-- were not answered with 200, and whether the file ran out so that queries were asked again. For one thread of wrk.

local queries, first, asked = {}, tonumber(os.getenv("BENCH_START")), 0

local function escaped(text)
    return (text:gsub("[^%w]", function(c) return string.format("%%%02X", c:byte()) end))
end

local function nth_cell(line, n)
    local at = 0
    for cell in line:gmatch("[^\t]+") do
        at = at + 1
        if at == n then return cell end
    end
end

function setup(thread)
    loader = thread
end

function init()
    local column = tonumber(os.getenv("BENCH_COLUMN"))
    for line in io.lines(os.getenv("BENCH_QUERIES")) do
        queries[#queries + 1] = escaped(nth_cell(line, column))
    end
    table.remove(queries, 1)
    total = #queries
    count, failed = 0, 0
end

function request()
    local query = queries[(first + asked) % #queries + 1]
    asked = asked + 1
    count = asked
    return wrk.format("GET", "/api/v1/search?q=" .. query)
end

function response(status)
    if status ~= 200 then failed = failed + 1 end
end

function done(summary, latency)
    local errors, asked_in_all = summary.errors, loader:get("count")
    local form = '\n{"asked":%d,"per_s":%.1f,"p50_ms":%.3f,"p90_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,' ..
        '"failed":%d,"repeated":%s}\n'
    io.write(form:format(asked_in_all, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
        latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
        loader:get("failed") + errors.connect + errors.read + errors.write + errors.timeout,
        tostring(first + asked_in_all > loader:get("total"))))
end
