-- What one format shows: numbers and references, floats, callouts, code.
-- The numbers are given here, once, and written out as text, so that both formats show the same.
-- Settings are JSON in REPORT_SETTINGS; a failure is one line on stderr, "report:key:sentence".
local set = pandoc.json.decode(os.getenv("REPORT_SETTINGS"), false)
local on_page = set.format == "html"
local words = {fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section"}
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

-- What only Quarto heeds is not passed over.
local function check(el)
  for _, class in ipairs(el.classes) do
    local family = class:match("^%l+%-")
    if family == "content-" or family == "panel-" or family == "column-" then
      stop("", 'the class "%s" needs Quarto.', class)
    end
  end
  for name in pairs(el.attributes) do
    if name ~= "title" and not name:find("^typst:") then
      stop("", 'the attribute "%s" needs Quarto; known are title and those of typst.', name)
    end
  end
end

local function division(el) -- a callout, or any other
  check(el)
  local kind = table.concat(el.classes, " "):match("callout%-(%l+)")
  if not kind then return end
  if not el.attributes.title then stop("", 'A callout needs a title, as in title="Answer".') end
  local title, body = pandoc.Plain(el.attributes.title), el.content
  if not on_page then
    return pandoc.Blocks({raw(('#callout("%s", ['):format(kind)), title, raw("])[")}) .. body .. {raw("]")}
  end
  body:insert(1, pandoc.Div(title, {class = "callout-title"}))
  local classes = {"callout", "callout-" .. kind}
  return pandoc.Div(body, pandoc.Attr(el.identifier, classes, {role = "note"}))
end

-- Numbers, in reading order, the outermost first; sections' level one is the title's on the page.
local function count(el)
  local kind = kind_of(el.identifier)
  if kind and kind ~= "sec" and not numbers[el.identifier] then
    last[kind] = (last[kind] or 0) + 1
    numbers[el.identifier] = tostring(last[kind])
  end
end

local number = {
  traverse = "topdown", Div = count, Span = count,
  Header = function(el)
    local depth = el.level
    if on_page then el.level = depth + 1 end
    if not set["number-sections"] or el.classes:includes("unnumbered") then return el end
    for level = 1, math.max(depth, #section) do
      section[level] = level <= depth and (section[level] or 0) or nil
    end
    section[depth] = section[depth] + 1
    numbers[el.identifier] = table.concat(section, ".", 1, depth)
    if on_page then
      local span = pandoc.Span(numbers[el.identifier], {class = "header-section-number"})
      el.content = pandoc.Inlines({span, pandoc.Space()}) .. el.content
    end
    return el
  end,
}

-- References stand in a sentence, each as @fig-x.
local function refer(el)
  local citation = el.citations[1]
  local label, kind = citation.id, kind_of(citation.id)
  if not kind then return end
  if citation.mode ~= "AuthorInText" or #el.citations > 1 or #citation.suffix > 0 then
    stop(label, 'the reference "@%s" must stand alone, without brackets or a sign before it.', label)
  end
  if not numbers[label] then stop(label, 'the reference "@%s" leads nowhere.', label) end
  return pandoc.Link(words[kind] .. "\u{a0}" .. numbers[label], "#" .. label, "", {class = "xref"})
end

-- Pictures, equations, tables, figures: as each format wants them.
local function picture(el)
  if not set.pictures[el.src] then
    stop("", 'The picture "%s" is none that a cell drew, and no other is shown.', el.src)
  end
  if on_page then return end
  local options = quoted(el.src) .. ", alt: " .. quoted(el.attributes.alt or "")
  return pandoc.RawInline("typst", "#box(image(" .. options .. "))")
end

local function formula(el, more) -- in print with its TeX as alternative text
  local shown = pandoc.write(pandoc.Pandoc({pandoc.Plain({el})}), "typst"):gsub("%s+$", "")
  local start = "#math.equation(block: %s, alt: %s, %s"
  start = start:format(el.mathtype == "DisplayMath", quoted(el.text), more or "")
  return pandoc.RawInline("typst", start .. shown .. ".body)")
end

local function equation(el)
  if not el.identifier:find("^eq%-") then return end
  local shown = "(" .. numbers[el.identifier] .. ")"
  if on_page then
    el.classes = {"equation"}
    el.content:insert(pandoc.Span(shown, {class = "number"}))
    return el
  end
  local math = formula(el.content[1], ('numbering: _ => "%s", '):format(shown))
  return {math, pandoc.RawInline("typst", "<" .. el.identifier .. ">")}
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
  line = pandoc.Blocks({raw("<figcaption>"), pandoc.Plain(line), raw("</figcaption>")})
  local start = raw(('<div class="float"><figure id="%s" class="float-%s">'):format(label, kind))
  local inner = kind == "tbl" and line .. blocks or blocks .. line
  return pandoc.Blocks({start}) .. inner .. {raw("</figure></div>")}
end

local function is_code(el) return el.t == "CodeBlock" and el.classes:includes("cell-code") end

local floats = {
  Image = picture,
  Span = equation,
  Table = function(el)
    if #el.caption.long > 0 or el.identifier ~= "" then
      stop("", "A table's caption is the last paragraph of a division, ::: {#tbl-name}.")
    end
    for place, spec in ipairs(el.colspecs) do el.colspecs[place] = {spec[1], nil} end
    if on_page then return pandoc.Div(el, {class = "scroll", tabindex = "0"}) end
    el.classes:insert("typst:no-figure") -- the figure is made here
    return el
  end,
  Div = function(el)
    local kind = kind_of(el.identifier)
    if kind ~= "fig" and kind ~= "tbl" then return end
    local caption = el.content:remove()
    local code = el.content:filter(is_code)
    local shown = el.content:filter(function(one) return not is_code(one) end)
    if #shown == 0 or caption.t ~= "Para" then
      stop("", 'The division "%s" must show something and end with its caption.', el.identifier)
    end
    return code .. float(el.identifier, caption.content, shown)
  end,
}

-- Folded code, and formulas that no equation's label has shaped yet.
local shape = {
  CodeBlock = function(el)
    if not is_code(el) then return end
    local summary = el.attributes["code-summary"] or "Code"
    el.attributes = {}
    if not on_page then return el end
    return {raw('<details class="fold"><summary>' .. summary .. "</summary>"), el, raw("</details>")}
  end,
  Math = function(el) return not on_page and formula(el) or nil end,
}

return {{Div = division, Span = check}, number, {Cite = refer}, floats, shape}
