#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/report/manuscript.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::report
{
namespace
{

constexpr std::int64_t kVersion = 1;
constexpr JsonLimits kLimits{.depth = 16, .values = 200'000};

constexpr std::array<std::string_view, 4> kSources = {"metrics", "parameters", "notes", "table"};

using Keys = std::initializer_list<std::string_view>;

// A misspelt key would be silently without effect.
Result<void> refuseOthers(const Json& object, Keys known, const std::string& where)
{
    for (const auto& [key, value] : object.items())
        if (std::ranges::find(known, key) == known.end())
            return inputError("{}: unknown field \"{}\"; known are {}", where, key.substr(0, 80),
                              fmt::join(known, ", "));
    return {};
}

Result<std::vector<std::string>> textList(const Json& list, const std::string& where)
{
    std::vector<std::string> texts;
    for (const Json& each : list) {
        if (!each.is_string())
            return inputError("{}[{}]: a text is expected", where, texts.size());
        texts.push_back(each.get<std::string>());
    }
    return texts;
}

std::optional<double> optionalReal(JsonFields& fields, const Json& json, const char* key,
                                   double low, double high)
{
    if (!json.contains(key))
        return {};
    const double value = fields.real(key, low);
    if (!(value >= low && value <= high))
        fields.fail(fmt::format("\"{}\" must be {} to {}", key, low, high));
    return value;
}

std::optional<std::string> optionalText(JsonFields& fields, const Json& json, const char* key)
{
    return json.contains(key) ? std::optional(fields.text(key)) : std::nullopt;
}

Result<bool> flag(const Json& json, const char* key, bool absent, const std::string& where)
{
    if (!json.contains(key))
        return absent;
    if (!json[key].is_boolean())
        return inputError("{}: \"{}\" must be true or false", where, key);
    return json[key].get<bool>();
}

Result<FigureEdits> parseEdits(const Json& json, const std::string& where)
{
    VITRINE_CHECK(refuseOthers(json,
                               {"width", "height", "text_size", "title", "caption", "alt_text",
                                "x_label", "y_label", "legend", "colours"},
                               where));
    JsonFields fields(json, where);
    FigureEdits edits;
    edits.width = optionalReal(fields, json, "width", 20, 400);
    edits.height = optionalReal(fields, json, "height", 20, 400);
    edits.textSize = optionalReal(fields, json, "text_size", 4, 24);
    edits.title = optionalText(fields, json, "title");
    edits.caption = optionalText(fields, json, "caption");
    edits.altText = optionalText(fields, json, "alt_text");
    edits.xLabel = optionalText(fields, json, "x_label");
    edits.yLabel = optionalText(fields, json, "y_label");
    const Json& colours = fields.object("colours");
    VITRINE_CHECK(fields.done());
    for (const auto& [name, colour] : colours.items()) {
        if (!colour.is_number_integer() || colour.get<std::int64_t>() < figure::kMuted ||
            colour.get<std::int64_t>() > 7)
            return inputError("{}.colours: the colour of \"{}\" must be -1 (grey) or 0 to 7", where,
                              name.substr(0, 80));
        edits.colours[name] = colour.get<int>();
    }
    if (json.contains("legend")) {
        VITRINE_TRY(edits.legend, flag(json, "legend", true, where));
    }
    return edits;
}

Result<FigureItem> parseFigure(const Json& json, const std::string& where)
{
    VITRINE_CHECK(refuseOthers(json, {"runs", "figure", "copy", "state", "edits"}, where));
    JsonFields fields(json, where);
    FigureItem item;
    item.figure = fields.neededText("figure");
    item.copy = static_cast<int>(json.contains("copy") ? fields.integer("copy", 0, 10'000) : 0);
    const Json& runs = fields.list("runs");
    const Json& state = fields.object("state");
    const Json& edits = fields.object("edits");
    VITRINE_CHECK(fields.done());
    if (!state.empty())
        item.state = dumpJson(state);
    VITRINE_TRY(item.runs, textList(runs, where + ".runs"));
    VITRINE_TRY(item.edits, parseEdits(edits, where + ".edits"));
    return item;
}

Result<TableItem> parseTable(const Json& json, const std::string& where)
{
    VITRINE_CHECK(refuseOthers(
        json, {"source", "runs", "table", "title", "columns", "digits", "rows"}, where));
    JsonFields fields(json, where);
    TableItem item;
    const std::string source = fields.neededText("source");
    const auto found = std::ranges::find(kSources, source);
    if (!fields.failed() && found == kSources.end())
        fields.fail("\"source\" must be metrics, parameters, notes or table");
    item.table = fields.text("table");
    item.title = fields.text("title");
    if (json.contains("digits"))
        item.digits = static_cast<int>(fields.integer("digits", 1, 17));
    if (json.contains("rows"))
        item.rows = fields.integer("rows", 1, 100'000);
    const Json& runs = fields.list("runs");
    const Json& columns = fields.list("columns");
    VITRINE_CHECK(fields.done());
    item.source = static_cast<TableItem::Source>(found - kSources.begin());
    if (item.source == TableItem::Source::table && item.table.empty())
        return inputError("{}: \"table\" must name the table of the runs", where);
    VITRINE_TRY(item.runs, textList(runs, where + ".runs"));
    VITRINE_TRY(item.columns, textList(columns, where + ".columns"));
    return item;
}

Result<Item> parseItem(const Json& json, const std::string& where)
{
    if (!json.is_object() || json.size() != 1)
        return inputError("{}: one of {{\"text\"}}, {{\"figure\"}}, {{\"table\"}} is expected",
                          where);
    const std::string kind = json.begin().key();
    const Json& value = json.begin().value();
    const std::string inside = where + "." + kind.substr(0, 80);
    if (kind == "text" && value.is_string())
        return TextItem{value.get<std::string>()};
    if (kind == "figure" && value.is_object())
        return parseFigure(value, inside);
    if (kind == "table" && value.is_object())
        return parseTable(value, inside);
    return inputError("{}: a text, or an object that describes a figure or a table, is expected",
                      inside);
}

Result<ManuscriptSection> parseSection(const Json& json, const std::string& where)
{
    if (!json.is_object())
        return inputError("{}: an object is expected", where);
    VITRINE_CHECK(refuseOthers(json, {"title", "items"}, where));
    JsonFields fields(json, where);
    ManuscriptSection section{fields.text("title"), {}};
    const Json& items = fields.list("items");
    VITRINE_CHECK(fields.done());
    for (const Json& item : items) {
        VITRINE_TRY(Item parsed,
                    parseItem(item, fmt::format("{}.items[{}]", where, section.items.size())));
        section.items.push_back(std::move(parsed));
    }
    return section;
}

void put(Json& json, const char* key, const auto& optional)
{
    if (optional)
        json[key] = *optional;
}

Json editsJson(const FigureEdits& edits)
{
    Json json = Json::object();
    put(json, "width", edits.width);
    put(json, "height", edits.height);
    put(json, "text_size", edits.textSize);
    put(json, "title", edits.title);
    put(json, "caption", edits.caption);
    put(json, "alt_text", edits.altText);
    put(json, "x_label", edits.xLabel);
    put(json, "y_label", edits.yLabel);
    put(json, "legend", edits.legend);
    for (const auto& [name, colour] : edits.colours)
        json["colours"][name] = colour;
    return json;
}

struct ItemJson {
    Json operator()(const TextItem& item) const { return {{"text", item.markdown}}; }
    Json operator()(const FigureItem& item) const
    {
        Json json{{"runs", item.runs}, {"figure", item.figure}};
        if (item.copy != 0)
            json["copy"] = item.copy;
        // A state comes from a view or from this parser; what is no object says nothing.
        if (auto state = parseJson(item.state, "state"); state && state->is_object())
            if (!state->empty())
                json["state"] = *std::move(state);
        if (Json edits = editsJson(item.edits); !edits.empty())
            json["edits"] = std::move(edits);
        return {{"figure", std::move(json)}};
    }
    Json operator()(const TableItem& item) const
    {
        const TableItem plain;
        Json json{{"source", sourceName(item.source)}, {"runs", item.runs}};
        if (!item.table.empty())
            json["table"] = item.table;
        if (!item.title.empty())
            json["title"] = item.title;
        if (!item.columns.empty())
            json["columns"] = item.columns;
        if (item.digits != plain.digits)
            json["digits"] = item.digits;
        if (item.rows != plain.rows)
            json["rows"] = item.rows;
        return {{"table", std::move(json)}};
    }
};

} // namespace

std::string_view sourceName(TableItem::Source source)
{
    return kSources[static_cast<std::size_t>(source)];
}

Json manuscriptJson(const Manuscript& manuscript)
{
    Json sections = Json::array();
    for (const ManuscriptSection& section : manuscript.sections) {
        Json items = Json::array();
        for (const Item& item : section.items)
            items.push_back(std::visit(ItemJson{}, item));
        sections.push_back({{"title", section.title}, {"items", std::move(items)}});
    }
    return {{"format", "vitrine-report"},      {"version", kVersion},
            {"title", manuscript.title},       {"subtitle", manuscript.subtitle},
            {"appendix", manuscript.appendix}, {"sections", std::move(sections)}};
}

std::string manuscriptText(const Manuscript& manuscript)
{
    return dumpJson(manuscriptJson(manuscript), 2) + "\n";
}

Result<Manuscript> parseManuscript(std::string_view text, std::string_view name)
{
    VITRINE_TRY(const Json json, parseJson(text, name, kLimits));
    return manuscriptFromJson(json, name);
}

Result<Manuscript> manuscriptFromJson(const Json& json, std::string_view name)
{
    const std::string where(name);
    if (!json.is_object() || json.value("format", Json()) != "vitrine-report")
        return inputError("{}: not a report of Vitrine (\"format\": \"vitrine-report\" is missing)",
                          where);
    JsonFields fields(json, where);
    const std::int64_t version = fields.integer("version", 1, 1'000'000);
    if (!fields.failed() && version > kVersion)
        return inputError("{}: version {} is newer than this Vitrine reads ({}); open it with a "
                          "newer Vitrine",
                          where, version, kVersion);
    VITRINE_CHECK(refuseOthers(
        json, {"format", "version", "title", "subtitle", "appendix", "sections"}, where));
    Manuscript manuscript{.title = fields.text("title"), .subtitle = fields.text("subtitle")};
    const Json& sections = fields.list("sections");
    VITRINE_CHECK(fields.done());
    VITRINE_TRY(manuscript.appendix, flag(json, "appendix", true, where));
    for (const Json& section : sections) {
        VITRINE_TRY(ManuscriptSection parsed,
                    parseSection(section, fmt::format("{}: sections[{}]", where,
                                                      manuscript.sections.size())));
        manuscript.sections.push_back(std::move(parsed));
    }
    return manuscript;
}

} // namespace vitrine::report
