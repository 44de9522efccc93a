#include "core/model/task/task_rows.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <array>
#include <map>

// The XML of COPA: <item id=".." asks-for="cause" most-plausible-alternative="1"> with <p>, <a1>,
// <a2>. Only what such a file holds is read; a document type is skipped and defines nothing.
namespace vitrine::model
{
namespace
{

using Attributes = std::map<std::string, std::string, std::less<>>;

// The five entities of XML and numbered characters.
Result<std::string> unescaped(std::string_view text, std::string_view name)
{
    static constexpr std::array<std::pair<std::string_view, char>, 5> kNamed = {
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '&') {
            plain += text[i];
            continue;
        }
        const std::size_t end = text.find(';', i);
        if (end == text.npos || end - i > 10)
            return inputError("cannot read {}: an ampersand that begins no entity", name);
        const std::string_view entity = text.substr(i + 1, end - i - 1);
        const auto known =
            std::ranges::find(kNamed, entity, &std::pair<std::string_view, char>::first);
        if (known != kNamed.end())
            plain += known->second;
        else if (const auto code =
                     entity.starts_with('#') ? parseInteger(entity.substr(1)) : std::nullopt;
                 code && *code >= 0x20 && *code < 0xd800)
            appendCharacter(plain, static_cast<char32_t>(*code));
        else
            return inputError("cannot read {}: the entity \"&{};\" is not known", name,
                              printable(entity));
        i = end;
    }
    return plain;
}

// name="value" pairs of a tag, after its name.
Result<Attributes> attributesOf(std::string_view tag, std::string_view name)
{
    Attributes attributes;
    std::size_t at = tag.find_first_of(" \t\r\n");
    while (at != tag.npos && (at = tag.find_first_not_of(" \t\r\n", at)) != tag.npos) {
        const std::size_t equals = tag.find('=', at);
        const std::size_t open = equals == tag.npos ? equals : equals + 1;
        if (open == tag.npos || open >= tag.size() || (tag[open] != '"' && tag[open] != '\''))
            return inputError("cannot read {}: an attribute without a quoted value", name);
        const std::size_t close = tag.find(tag[open], open + 1);
        if (close == tag.npos)
            return inputError("cannot read {}: an attribute whose quotation does not end", name);
        VITRINE_TRY(auto value, unescaped(tag.substr(open + 1, close - open - 1), name));
        attributes[std::string(tag.substr(at, equals - at))] = std::move(value);
        at = close + 1;
    }
    return attributes;
}

// The text of <element>...</element> in an item's body.
Result<std::string> elementText(std::string_view body, std::string_view element,
                                std::string_view name)
{
    const std::string open = fmt::format("<{}>", element), close = fmt::format("</{}>", element);
    const std::size_t from = body.find(open);
    const std::size_t to = from == body.npos ? from : body.find(close, from);
    if (to == body.npos)
        return inputError("cannot read {}: an item without <{}>", name, element);
    return unescaped(body.substr(from + open.size(), to - from - open.size()), name);
}

Result<Json> itemRow(std::string_view tag, std::string_view body, std::string_view name)
{
    VITRINE_TRY(const Attributes attributes, attributesOf(tag, name));
    const auto asks = attributes.find("asks-for"),
               answer = attributes.find("most-plausible-alternative");
    if (asks == attributes.end() || (asks->second != "cause" && asks->second != "effect"))
        return inputError("cannot read {}: an item whose asks-for is neither cause nor effect",
                          name);
    if (answer == attributes.end() || (answer->second != "1" && answer->second != "2"))
        return inputError(
            "cannot read {}: an item whose most-plausible-alternative is neither 1 nor 2", name);
    VITRINE_TRY(auto premise, elementText(body, "p", name));
    VITRINE_TRY(auto first, elementText(body, "a1", name));
    VITRINE_TRY(auto second, elementText(body, "a2", name));
    return Json{{"premise", std::move(premise)},
                {"question", asks->second},
                {"choice1", std::move(first)},
                {"choice2", std::move(second)},
                {"label", answer->second == "1" ? 0 : 1}};
}

} // namespace

Result<std::vector<Json>> copaRows(std::string_view bytes, std::string_view name)
{
    VITRINE_CHECK(checkUtf8(bytes));
    std::vector<Json> rows;
    std::ptrdiff_t line = 1;
    for (std::size_t at = 0, counted = 0; (at = bytes.find("<item", at)) != bytes.npos;) {
        line += std::ranges::count(bytes.substr(counted, at - counted), '\n');
        counted = at;
        const std::string where = fmt::format("{}, line {}", name, line);
        const std::size_t end = bytes.find('>', at), close = bytes.find("</item>", at);
        if (end == bytes.npos || close == bytes.npos || close < end)
            return inputError("cannot read {}: item {} does not end", where, rows.size());
        if (rows.size() >= kLargestTask)
            return inputError("cannot read {}: more than {} items", name, kLargestTask);
        VITRINE_TRY(Json row, itemRow(bytes.substr(at + 1, end - at - 1),
                                      bytes.substr(end + 1, close - end - 1), where));
        rows.push_back(std::move(row));
        at = close;
    }
    return rows;
}

} // namespace vitrine::model
