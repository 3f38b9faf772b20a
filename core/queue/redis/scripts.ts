/**
 * The transitions of ../README.md as Redis scripts: each runs as one step that no other comes between, writes the event
 * of the new state, and publishes the job's id. KEYS[1] is the prefix of all keys, with its hash tag, so that a cluster
 * keeps them together.
 *
 *     <prefix>place            how many jobs there ever were
 *     <prefix>job:<id>         a job: a hash, see rows.ts
 *     <prefix>events:<id>      its story: a list; an event's number is its place in it
 *     <prefix>state:<state>    ids by place
 *     <prefix>all              ids by place: the history
 *     <prefix>order            ids of queued jobs in the order of claims
 *     <prefix>ended            ids by the time of their end
 *     <prefix>key:<key>        the id of the job that was submitted under that key
 */

/** From this many events on, a story only takes transitions, as in the SQLite engine. */
const MAX_EVENTS = 50_000;

/** Front jobs come before every place that a number can hold exactly. */
const FRONT = 2 ** 51;

/** What every script begins with. ARGV[1]: the time, in milliseconds since the epoch; empty takes the server's clock. */
const PRELUDE = `
local P = KEYS[1]
local function time()
  if ARGV[1] ~= '' then return ARGV[1] end
  local t = redis.call('TIME')
  return string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
end
local function key(id) return P .. 'job:' .. id end
local function field(id, name) return redis.call('HGET', key(id), name) end
local function row(id) return redis.call('HGETALL', key(id)) end
local function rows(ids)
  local all = {}
  for i, id in ipairs(ids) do all[i] = row(id) end
  return all
end
local function changed(id) redis.call('PUBLISH', P .. 'changed', id) end
local function event(id, at, body)
  redis.call('RPUSH', P .. 'events:' .. id, '{"at":' .. at .. ',' .. body .. '}')
end
local function enter(id, state, at)
  local from = field(id, 'state')
  local place = field(id, 'place')
  if from then redis.call('ZREM', P .. 'state:' .. from, id) end
  redis.call('HSET', key(id), 'state', state)
  redis.call('ZADD', P .. 'state:' .. state, place, id)
  if state == 'queued' then
    local score = tonumber(place)
    if field(id, 'front') == '1' then score = score - ${FRONT} end
    redis.call('ZADD', P .. 'order', string.format('%.0f', score), id)
  else
    redis.call('ZREM', P .. 'order', id)
  end
  event(id, at, '"type":"state","state":"' .. state .. '"')
  changed(id)
end
local function holds(id, token)
  return field(id, 'state') == 'running' and field(id, 'token') == token
end
local function finish(id, state, at, name, value)
  redis.call('HSET', key(id), 'endedAt', at, name, value)
  if state == 'canceled' then redis.call('HSET', key(id), 'cancelRequested', '1') end
  redis.call('HDEL', key(id), 'token', 'leaseUntil')
  redis.call('ZADD', P .. 'ended', at, id)
  enter(id, state, at)
end
local function requeue(id, tries, at)
  redis.call('HSET', key(id), 'tries', tries, 'enqueuedAt', at)
  redis.call('HDEL', key(id), 'token', 'leaseUntil', 'workerId', 'startedAt', 'progress')
  enter(id, 'queued', at)
end
local function remove(id)
  local k = field(id, 'key')
  if k and k ~= '' then redis.call('DEL', P .. 'key:' .. k) end
  redis.call('ZREM', P .. 'state:' .. field(id, 'state'), id)
  redis.call('ZREM', P .. 'all', id)
  redis.call('ZREM', P .. 'ended', id)
  redis.call('DEL', key(id), P .. 'events:' .. id)
end
`;

/**
 * Arguments after the time: id, limit, key, needs, then the row's first fields as name and value. A repeated id or key
 * finds the job that is there. Answers false when the queue is full.
 */
const SUBMIT = `
local id, limit, k = ARGV[2], tonumber(ARGV[3]), ARGV[4]
if redis.call('EXISTS', key(id)) == 1 then return row(id) end
if k ~= '' then
  local known = redis.call('GET', P .. 'key:' .. k)
  if known then return row(known) end
end
if redis.call('ZCARD', P .. 'order') >= limit then return false end
local at = time()
local place = redis.call('INCR', P .. 'place')
redis.call('HSET', key(id), 'id', id, 'place', place, 'key', k, 'createdAt', at, 'enqueuedAt', at, 'tries', 0, unpack(ARGV, 5))
if k ~= '' then redis.call('SET', P .. 'key:' .. k, id) end
redis.call('ZADD', P .. 'all', place, id)
enter(id, 'queued', at)
return row(id)
`;

/**
 * worker, token, lease in ms, now by the leases' clock (empty: as the time), kinds and offers as JSON, whether it is
 * asked again. Answers false when nothing fits.
 */
const CLAIM = `
local worker, token, lease, again = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[8]
if again == '1' then
  for _, id in ipairs(redis.call('ZRANGE', P .. 'state:running', 0, -1)) do
    if field(id, 'token') == token then return row(id) end
  end
end
local kinds, offers = {}, {}
for _, kind in ipairs(cjson.decode(ARGV[6])) do kinds[kind] = true end
for _, offer in ipairs(cjson.decode(ARGV[7])) do offers[offer] = true end
local function fits(id)
  local found = redis.call('HMGET', key(id), 'kind', 'needs')
  if not kinds[found[1]] then return false end
  if not found[2] or found[2] == '[]' then return true end
  for _, need in ipairs(cjson.decode(found[2])) do
    if not offers[need] then return false end
  end
  return true
end
local from = 0
while true do
  local ids = redis.call('ZRANGE', P .. 'order', from, from + 99)
  if #ids == 0 then return false end
  for _, id in ipairs(ids) do
    if fits(id) then
      local at = time()
      local clock = tonumber(ARGV[5]) or tonumber(at)
      redis.call('HINCRBY', key(id), 'tries', 1)
      redis.call('HSET', key(id), 'workerId', worker, 'token', token, 'startedAt', at, 'leaseUntil', string.format('%.0f', clock + lease))
      enter(id, 'running', at)
      return row(id)
    end
  end
  from = from + #ids
end
`;

/** id, token, lease in ms, now by the leases' clock. */
const HEARTBEAT = `
local id, token = ARGV[2], ARGV[3]
if not holds(id, token) then return 'lost' end
local clock = tonumber(ARGV[5]) or tonumber(time())
redis.call('HSET', key(id), 'leaseUntil', string.format('%.0f', clock + tonumber(ARGV[4])))
if field(id, 'cancelRequested') == '1' then return 'cancel' end
return 'held'
`;

/**
 * id, token, bytes of log that are kept, the line that says where it was cut (as JSON); then for each event "progress"
 * with its JSON, or "log" with the number of its lines and for each its bytes and its JSON.
 */
const RECORD = `
local id, token, most, cut = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
if not holds(id, token) then return 0 end
local at = time()
local events = redis.call('LLEN', P .. 'events:' .. id)
local bytes = tonumber(field(id, 'logBytes') or '0')
local function add(body)
  event(id, at, body)
  events = events + 1
end
local i = 6
while i <= #ARGV do
  if ARGV[i] == 'progress' then
    redis.call('HSET', key(id), 'progress', ARGV[i + 1])
    if events < ${MAX_EVENTS} then add('"type":"progress","progress":' .. ARGV[i + 1]) end
    i = i + 2
  else
    local count = tonumber(ARGV[i + 1])
    local lines = {}
    local room = most - bytes
    if events >= ${MAX_EVENTS} then room = 0 end
    local whole = true
    for n = 0, count - 1 do
      local size = tonumber(ARGV[i + 2 + n * 2])
      if size > room then
        whole = false
        break
      end
      room = room - size
      lines[#lines + 1] = ARGV[i + 3 + n * 2]
      if bytes <= most then bytes = bytes + size end
    end
    if count > 0 and (bytes <= most) then
      if not whole then
        lines[#lines + 1] = cut
        bytes = most + 1
      end
      add('"type":"log","lines":[' .. table.concat(lines, ',') .. ']')
    end
    i = i + 2 + count * 2
  end
end
redis.call('HSET', key(id), 'logBytes', bytes)
changed(id)
return 1
`;

/** id, token, state, the field of the end (result or error), its JSON. Answers false when the claim is lost. */
const END = `
local id, token = ARGV[2], ARGV[3]
if holds(id, token) then
  redis.call('HSET', key(id), 'endToken', token)
  finish(id, ARGV[4], time(), ARGV[5], ARGV[6])
  return row(id)
end
-- Asked again after an answer that got lost.
if ARGV[7] == '1' and field(id, 'endToken') == token and field(id, 'state') == ARGV[4] then return row(id) end
return false
`;

/** id, token, the error of a cancel. */
const HAND_BACK = `
local id, token = ARGV[2], ARGV[3]
if not holds(id, token) then return false end
local at = time()
if field(id, 'cancelRequested') == '1' then
  finish(id, 'canceled', at, 'error', ARGV[4])
else
  requeue(id, tonumber(field(id, 'tries')) - 1, at)
end
return row(id)
`;

/** id, the error of a cancel. */
const CANCEL = `
local id = ARGV[2]
local state = field(id, 'state')
if not state then return false end
if state == 'queued' then
  redis.call('HSET', key(id), 'cancelRequested', '1')
  finish(id, 'canceled', time(), 'error', ARGV[3])
elseif state == 'running' and field(id, 'cancelRequested') ~= '1' then
  redis.call('HSET', key(id), 'cancelRequested', '1')
  changed(id)
end
return row(id)
`;

/** id, the error. */
const REFUSE = `
local id = ARGV[2]
local state = field(id, 'state')
if not state then return false end
if state == 'queued' then finish(id, 'failed', time(), 'error', ARGV[3]) end
return row(id)
`;

/** now by the leases' clock, worker (empty: none), most tries, the errors of a cancel and of a lost worker. */
const RECOVER = `
local at = time()
local clock = tonumber(ARGV[2]) or tonumber(at)
local done = {}
for _, id in ipairs(redis.call('ZRANGE', P .. 'state:running', 0, -1)) do
  local found = redis.call('HMGET', key(id), 'leaseUntil', 'workerId', 'tries', 'cancelRequested')
  if tonumber(found[1]) <= clock or (ARGV[3] ~= '' and found[2] == ARGV[3]) then
    if found[4] == '1' then
      finish(id, 'canceled', at, 'error', ARGV[5])
    elseif tonumber(found[3]) >= tonumber(ARGV[4]) then
      finish(id, 'failed', at, 'error', ARGV[6])
    else
      requeue(id, found[3], at)
    end
    done[#done + 1] = row(id)
  end
end
return done
`;

/** limit, then the states. */
const LIST = `
local limit = tonumber(ARGV[2])
local wanted = {}
for i = 3, #ARGV do wanted[ARGV[i]] = true end
local ids = {}
if wanted.queued then ids = redis.call('ZRANGE', P .. 'order', 0, limit - 1) end
wanted.queued = nil
local rest = {}
for state in pairs(wanted) do
  local found = redis.call('ZREVRANGE', P .. 'state:' .. state, 0, limit - #ids - 1, 'WITHSCORES')
  if limit - #ids > 0 then
    for i = 1, #found, 2 do rest[#rest + 1] = { found[i], tonumber(found[i + 1]) } end
  end
end
table.sort(rest, function(a, b) return a[2] > b[2] end)
for i = 1, math.min(#rest, limit - #ids) do ids[#ids + 1] = rest[i][1] end
return rows(ids)
`;

/** limit, the job before (empty: none), states as JSON (empty: all), "1" for kept ones only; then words in lower case. */
const HISTORY = `
local limit, before, states, pinned = tonumber(ARGV[2]), ARGV[3], nil, ARGV[5] == '1'
if ARGV[4] ~= '' then
  states = {}
  for _, state in ipairs(cjson.decode(ARGV[4])) do states[state] = true end
end
local from = 0
if before ~= '' then
  local rank = redis.call('ZREVRANK', P .. 'all', before)
  if not rank then return {} end
  from = rank + 1
end
local function fits(id)
  local found = redis.call('HMGET', key(id), 'state', 'pinned', 'title')
  if states and not states[found[1]] then return false end
  if pinned and found[2] ~= '1' then return false end
  local title = string.lower(found[3] or '')
  for i = 6, #ARGV do
    if not string.find(title, ARGV[i], 1, true) then return false end
  end
  return true
end
local ids = {}
while #ids < limit do
  local page = redis.call('ZREVRANGE', P .. 'all', from, from + 199)
  if #page == 0 then break end
  for _, id in ipairs(page) do
    if #ids < limit and fits(id) then ids[#ids + 1] = id end
  end
  from = from + #page
end
return rows(ids)
`;

/** id, "1" or "0". */
const PIN = `
local id = ARGV[2]
if redis.call('EXISTS', key(id)) == 0 then return false end
redis.call('HSET', key(id), 'pinned', ARGV[3])
changed(id)
return row(id)
`;

/** id. */
const FORGET = `
local id = ARGV[2]
if not field(id, 'endedAt') then return 0 end
remove(id)
changed(id)
return 1
`;

/** before, how many at most, how many of the oldest are passed over. Answers the ids, and how many were passed over. */
const SWEEP = `
local passed = tonumber(ARGV[4])
local ids = redis.call('ZRANGEBYSCORE', P .. 'ended', '-inf', '(' .. ARGV[2], 'LIMIT', passed, ARGV[3])
local gone = {}
for _, id in ipairs(ids) do
  if field(id, 'pinned') == '1' then
    passed = passed + 1
  else
    remove(id)
    gone[#gone + 1] = id
  end
end
if #gone > 0 then changed('') end
return { gone, passed, #ids }
`;

const withPrelude = (lua: string) => ({ numberOfKeys: 1, lua: PRELUDE + lua });

/** By the names under which the client knows them. */
export const SCRIPTS = {
  kilnSubmit: withPrelude(SUBMIT),
  kilnClaim: withPrelude(CLAIM),
  kilnHeartbeat: withPrelude(HEARTBEAT),
  kilnRecord: withPrelude(RECORD),
  kilnEnd: withPrelude(END),
  kilnHandBack: withPrelude(HAND_BACK),
  kilnCancel: withPrelude(CANCEL),
  kilnRefuse: withPrelude(REFUSE),
  kilnRecover: withPrelude(RECOVER),
  kilnList: withPrelude(LIST),
  kilnHistory: withPrelude(HISTORY),
  kilnPin: withPrelude(PIN),
  kilnForget: withPrelude(FORGET),
  kilnSweep: withPrelude(SWEEP),
} as const;

export type ScriptName = keyof typeof SCRIPTS;
