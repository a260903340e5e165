-- What one format shows: parts for one format, numbers and references, floats, callouts, code.
-- The numbers are given here, once, and written out as text, so that both formats show the same.
-- Settings are JSON in REPORT_SETTINGS; a failure is one line on stderr, "report:key:sentence".
local set = pandoc.json.decode(os.getenv("REPORT_SETTINGS"), false)
local on_page = set.format == "html"
local words = {fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section"}
local text_of = pandoc.utils.stringify
local numbers, last, section = {}, {}, {}

local function stop(key, sentence, ...)
  io.stderr:write("report:", key, ":", sentence:format(...), "\n")
  os.exit(1)
end

local function raw(text) return pandoc.RawBlock(set.format, text) end

local function quoted(text) return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", " ") .. '"' end

local function kind_of(label) -- fig, tbl, eq or sec
  local kind = label:match("^(%a+)%-.")
  return words[kind] and kind
end

local function check_pairs(el, what, known) -- what only Quarto heeds is not passed over
  for name in pairs(el.attributes) do
    if not known:find(name, 1, true) then
      stop("", '%s "%s" needs Quarto; known is %s.', what, name, known)
    end
  end
end

-- Parts for one format, and tables in HTML, which every format shows.
local function condition(el)
  local visible = el.classes:includes("content-visible")
  if not visible and not el.classes:includes("content-hidden") then return end
  check_pairs(el, visible and "content-visible:" or "content-hidden:", "when-format, unless-format")
  local only, never = el.attributes["when-format"], el.attributes["unless-format"]
  local holds = (only or set.format) == set.format and never ~= set.format
  return holds == visible and el.content or {}
end

local choose = {
  Div = condition,
  Span = condition,
  RawBlock = function(el)
    if el.format == "html" and el.text:find("<table") then
      return pandoc.read(el.text, "html", nil, {}).blocks
    end
  end,
}

-- Callouts; a heading in front is the title, and no section.
local function callout(el)
  local kind = el.classes:find_if(function(name) return name:find("^callout%-") end)
  if not kind then return end
  check_pairs(el, "A callout's", "title")
  kind = kind:match("%-(.*)")
  local title, body = el.attributes.title, el.content
  if not title and body[1] and body[1].t == "Header" then title = body:remove(1).content end
  title = pandoc.Plain(title or kind:gsub("^%l", string.upper))
  if not on_page then
    return pandoc.Blocks({raw(('#callout("%s", ['):format(kind)), title, raw("])[")}) .. body .. {raw("]")}
  end
  body:insert(1, pandoc.Div(title, {class = "callout-title"}))
  local classes = {"callout", "callout-" .. kind}
  return pandoc.Div(body, pandoc.Attr(el.identifier, classes, {role = "note"}))
end

-- Numbers, in reading order, the outermost first.
local function count(el)
  local kind = kind_of(el.identifier)
  if kind and kind ~= "sec" and not numbers[el.identifier] then
    last[kind] = (last[kind] or 0) + 1
    numbers[el.identifier] = tostring(last[kind])
  end
end

local number = {
  traverse = "topdown", Div = count, Figure = count, Table = count, Span = count,
  Header = function(el)
    if not set["number-sections"] or el.classes:includes("unnumbered") then return end
    for level = 1, math.max(el.level, #section) do
      section[level] = level <= el.level and (section[level] or 0) or nil
    end
    section[el.level] = section[el.level] + 1
    numbers[el.identifier] = table.concat(section, ".", 1, el.level)
  end,
}

-- References: @fig-x, [-@fig-x] for the number alone, [Fig. @fig-x] for another word.
local function refer(citation)
  local label = citation.id:gsub("^%u", string.lower)
  local kind = kind_of(label)
  if not numbers[label] then
    local why = kind == "sec" and " (is number-sections on?)" or ""
    stop(label, 'the reference "@%s" leads nowhere%s.', label, why)
  end
  local word = #citation.prefix > 0 and text_of(citation.prefix) or words[kind]
  local alone = citation.mode == "SuppressAuthor" and #citation.prefix == 0
  local text = alone and numbers[label] or word .. "\u{a0}" .. numbers[label]
  return pandoc.Link(text, "#" .. label, "", {class = "xref"})
end

local link = {
  Cite = function(el)
    if not kind_of((el.citations[1].id:gsub("^%u", string.lower))) then return end
    local links = pandoc.Inlines({})
    for _, citation in ipairs(el.citations) do
      links:extend({pandoc.Str(","), pandoc.Space(), refer(citation)})
    end
    return {table.unpack(links, 3)}
  end,
}

-- Pictures, equations, tables, figures: as each format wants them.
local function picture(el)
  if not set.pictures[el.src] then
    stop("", 'The picture "%s" is none that a cell drew; without Quarto the report shows no other.',
         el.src)
  end
  local given = el.attributes
  local alt = given["fig-alt"] or given.alt or text_of(el.caption)
  local size = pandoc.List({"width", "height"}):filter(function(name) return given[name] end)
    :map(function(name) return {name, given[name]} end) -- a list, as its order stays
  if on_page then
    return pandoc.Image({pandoc.Str(alt)}, el.src, "", pandoc.Attr("", {"figure"}, size))
  end
  local options = quoted(el.src) .. ", alt: " .. quoted(alt)
  for _, pair in ipairs(size) do
    options = ("%s, %s: %.4fin"):format(options, pair[1], pair[2]:match("[%d.]+") / 96)
  end
  return pandoc.RawInline("typst", "#box(image(" .. options .. "))")
end

local function formula(el, alt, more) -- in print with alternative text, else its TeX
  local shown = pandoc.write(pandoc.Pandoc({pandoc.Plain({el})}), "typst"):gsub("%s+$", "")
  local start = "#math.equation(block: %s, alt: %s, %s"
  start = start:format(el.mathtype == "DisplayMath", quoted(alt or el.text), more or "")
  return pandoc.RawInline("typst", start .. shown .. ".body)")
end

local function equation(el)
  if not el.identifier:find("^eq%-") then return end
  local shown = "(" .. numbers[el.identifier] .. ")"
  if on_page then
    el.classes, el.attributes = {"equation"}, {}
    el.content:insert(pandoc.Span(shown, {class = "number"}))
    return el
  end
  el.content = el.content:walk({Math = function(math)
    return formula(math, el.attributes.alt, ('numbering: _ => "%s", '):format(shown))
  end})
  el.content:insert(pandoc.RawInline("typst", "<" .. el.identifier .. ">"))
  return el.content
end

local function float(label, caption, blocks)
  local kind = label:match("^%a+")
  local name = words[kind] .. "\u{a0}" .. numbers[label] .. ":"
  local line = pandoc.Inlines({pandoc.Strong(name), pandoc.Space()}) .. caption
  if not on_page then
    local start = "#figure(kind: %s, supplement: none, numbering: none, caption: ["
    local typst_kind = kind == "tbl" and "table" or "image"
    return pandoc.Blocks({raw(start:format(typst_kind)), pandoc.Plain(line), raw("], [")})
      .. blocks .. {raw("])<" .. label .. ">")}
  end
  local marks = {pandoc.RawInline("html", "<figcaption>"), pandoc.RawInline("html", "</figcaption>")}
  line = pandoc.Blocks({pandoc.Plain(pandoc.Inlines({marks[1]}) .. line .. {marks[2]})})
  local inner = kind == "tbl" and line .. blocks or blocks .. line
  inner:insert(1, raw(('<figure id="%s" class="float-%s">'):format(label, kind)))
  inner:insert(raw("</figure>"))
  return pandoc.Blocks({pandoc.Div(inner, {class = "float"})})
end

local function is_float(el) return el.identifier:find("^fig%-.") or el.identifier:find("^tbl%-.") end

local function inlines_of(blocks)
  local found = pandoc.Inlines({})
  for _, one in ipairs(blocks) do
    if one.t == "Para" or one.t == "Plain" then found:extend(one.content) end
  end
  return found
end

local function has(name) return function(one) return one.classes and one.classes:includes(name) end end

local floats = {
  Image = picture,
  Span = equation,
  Table = function(el)
    local label, caption = el.identifier, inlines_of(el.caption.long)
    if set["tbl-colwidths"] == false then
      for place, spec in ipairs(el.colspecs) do el.colspecs[place] = {spec[1], nil} end
    end
    local labelled = is_float(el)
    if labelled then el.identifier, el.caption = "", {long = {}} end
    if not on_page then el.classes:insert("typst:no-figure") end -- the figure is made here
    local shown = pandoc.Blocks({on_page and pandoc.Div(el, {class = "scroll", tabindex = "0"}) or el})
    return labelled and float(label, caption, shown) or shown
  end,
  Figure = function(el)
    if is_float(el) then return float(el.identifier, inlines_of(el.caption.long), el.content) end
  end,
  Div = function(el)
    if not is_float(el) then return end
    local code, rest = el.content:filter(has("cell-code")), el.content:filter(
      function(one) return not has("cell-code")(one) end)
    local _, place = rest:find_if(has("cell-caption"))
    local caption = rest:remove(place or #rest) -- Quarto's own form: the last paragraph
    return code .. float(el.identifier, inlines_of(place and caption.content or {caption}), rest)
  end,
}

-- Folded code, and sections, whose level one is the title's on the page.
local shape = {
  CodeBlock = function(el)
    if not el.classes:includes("cell-code") then return end
    local summary = el.attributes["code-summary"] or "Code"
    el.attributes = {}
    if not on_page or set["code-fold"] ~= true then return el end
    return {raw('<details class="fold"><summary>' .. summary .. "</summary>"), el, raw("</details>")}
  end,
  Math = function(el) return not on_page and formula(el) or nil end,
  Header = function(el)
    if not on_page then return end
    if numbers[el.identifier] then
      local span = pandoc.Span(numbers[el.identifier], {class = "header-section-number"})
      el.content = pandoc.Inlines({span, pandoc.Space()}) .. el.content
    end
    el.level = el.level + 1
    return el
  end,
}

return {choose, {Div = callout}, number, link, floats, shape}
