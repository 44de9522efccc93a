#include "core/store/filter.h"

#include "core/base/format.h"
#include "core/jobs/experiment/run_record.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

namespace vitrine
{
namespace
{

constexpr std::string_view kBlanks = " \t\n\r";
constexpr std::pair<std::string_view, FilterField> kFields[] = {
    {"experiment", FilterField::experiment},
    {"state", FilterField::state},
    {"tag", FilterField::tag},
    {"date", FilterField::date},
    {"started", FilterField::date},
    {"seconds", FilterField::seconds},
    {"run", FilterField::run},
    {"has", FilterField::has},
    {"input", FilterField::input}};
// Longer signs first.
constexpr std::pair<std::string_view, Relation> kRelations[] = {{">=", Relation::greaterOrEqual},
                                                                {"<=", Relation::lessOrEqual},
                                                                {"!=", Relation::notEqual},
                                                                {">", Relation::greater},
                                                                {"<", Relation::less},
                                                                {"=", Relation::equal},
                                                                {":", Relation::is}};

std::string_view signOf(Relation relation)
{
    return std::ranges::find(kRelations, relation, &std::pair<std::string_view, Relation>::second)
        ->first;
}

// One piece of the text between blanks; quotes hold blanks.
struct Piece {
    std::size_t begin = 0, length = 0;
    bool closed = true;
};

std::vector<Piece> piecesOf(std::string_view text)
{
    std::vector<Piece> pieces;
    std::size_t at = text.find_first_not_of(kBlanks);
    while (at < text.size()) {
        const std::size_t begin = at;
        bool quoted = false;
        for (; at < text.size() && (quoted || kBlanks.find(text[at]) == kBlanks.npos); ++at)
            quoted = quoted != (text[at] == '"');
        pieces.push_back({begin, at - begin, !quoted});
        at = text.find_first_not_of(kBlanks, at);
    }
    return pieces;
}

std::string unquoted(std::string_view text)
{
    std::string plain(text);
    std::erase(plain, '"');
    return plain;
}

bool isName(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-' || c == '/' || c >= 0x80;
    });
}

struct Sign {
    std::size_t at = std::string_view::npos;
    Relation relation = Relation::is;
    std::size_t length = 0;
};

// The first relation outside quotes.
Sign signIn(std::string_view text)
{
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        quoted = quoted != (text[at] == '"');
        if (quoted)
            continue;
        for (const auto& [sign, relation] : kRelations)
            if (text.substr(at).starts_with(sign))
                return {at, relation, sign.size()};
    }
    return {};
}

std::vector<std::string> alternatives(std::string_view text)
{
    std::vector<std::string> values;
    bool quoted = false;
    std::string value;
    for (const char c : text) {
        quoted = quoted != (c == '"');
        if (c == ',' && !quoted)
            values.push_back(std::exchange(value, {}));
        else if (c != '"')
            value += c;
    }
    values.push_back(std::move(value));
    std::erase(values, "");
    return values;
}

// 2026, 2026-11, 2026-11-01, 2026-11-01T14:30 or with seconds.
bool isDate(std::string_view text)
{
    constexpr std::string_view kPattern = "dddd-dd-ddTdd:dd:dd";
    constexpr std::array<std::size_t, 5> kLengths = {4, 7, 10, 16, 19};
    if (std::ranges::find(kLengths, text.size()) == kLengths.end())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (kPattern[i] == 'd' ? !digit : text[i] != kPattern[i])
            return false;
    }
    const auto part = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    return (text.size() < 7 || (part(5) >= 1 && part(5) <= 12)) &&
           (text.size() < 10 || (part(8) >= 1 && part(8) <= 31)) &&
           (text.size() < 16 || (part(11) < 24 && part(14) < 60)) &&
           (text.size() < 19 || part(17) < 60);
}

bool comparesOrder(Relation relation)
{
    return relation != Relation::is && relation != Relation::equal &&
           relation != Relation::notEqual;
}

// Empty where the term is in order.
std::string problemOf(FilterTerm& term)
{
    const std::string& first = term.values.empty() ? std::string() : term.values.front();
    if (term.values.empty())
        return fmt::format("a value is missing after {}{}", term.name, signOf(term.relation));
    switch (term.field) {
    case FilterField::words:
        break;
    case FilterField::state:
        for (const auto& value : term.values)
            if (!parseRunState(value))
                return fmt::format("a run is never \"{}\": take queued, running, paused, "
                                   "interrupted, done, failed or cancelled",
                                   value);
        [[fallthrough]];
    case FilterField::experiment:
    case FilterField::tag:
    case FilterField::has:
    case FilterField::input:
        if (comparesOrder(term.relation))
            return fmt::format("{0} is compared by a colon: {0}:{1}", term.name, first);
        break;
    case FilterField::date:
        if (!isDate(first))
            return fmt::format("\"{}\" is no date: write 2026-11-01, 2026-11, 2026 or "
                               "2026-11-01T14:30",
                               first);
        break;
    case FilterField::seconds:
    case FilterField::run:
        if (!term.number)
            return fmt::format("{} is compared with a number, and \"{}\" is none", term.name,
                               first);
        break;
    case FilterField::named:
        if (comparesOrder(term.relation) && !term.number)
            return fmt::format("\"{}\" is not a number; {} takes one", first,
                               signOf(term.relation));
        break;
    }
    return {};
}

} // namespace

RunFilter parseFilter(std::string_view text)
{
    RunFilter filter;
    for (const Piece& piece : piecesOf(text)) {
        std::string_view written = text.substr(piece.begin, piece.length);
        FilterTerm term;
        term.begin = piece.begin;
        term.length = piece.length;
        const auto complain = [&](std::string message) {
            filter.problems.push_back({piece.begin, piece.length, std::move(message)});
        };
        if (!piece.closed) {
            complain("a quote is not closed");
            continue;
        }
        term.negated = written.size() > 1 && written.front() == '-';
        if (term.negated)
            written.remove_prefix(1);
        const Sign sign = signIn(written);
        if (sign.at == std::string_view::npos) {
            term.values = {unquoted(written)};
        } else if (!isName(written.substr(0, sign.at))) {
            complain(fmt::format("a name is missing before {}; quotes search for the words "
                                 "as they stand",
                                 signOf(sign.relation)));
            continue;
        } else {
            term.name = std::string(written.substr(0, sign.at));
            term.relation = sign.relation;
            const auto field = std::ranges::find(kFields, term.name,
                                                 &std::pair<std::string_view, FilterField>::first);
            term.field = field != std::end(kFields) ? field->second : FilterField::named;
            const auto value = written.substr(sign.at + sign.length);
            const bool several = term.field == FilterField::experiment ||
                                 term.field == FilterField::state ||
                                 term.field == FilterField::tag || term.field == FilterField::has;
            if (several)
                term.values = alternatives(value);
            else if (!unquoted(value).empty())
                term.values = {unquoted(value)};
            if (term.values.size() == 1)
                term.number = parseReal(term.values.front());
            if (term.number && !std::isfinite(*term.number))
                term.number.reset();
        }
        if (std::string problem = problemOf(term); !problem.empty())
            complain(std::move(problem));
        else
            filter.terms.push_back(std::move(term));
    }
    return filter;
}

std::string filterValue(std::string_view value)
{
    const bool plain =
        !value.empty() && value.find_first_of(" \t\n\r\",") == std::string_view::npos;
    std::string inside(value);
    std::erase(inside, '"');
    return plain ? inside : "\"" + inside + "\"";
}

std::string filterText(const FilterTerm& term)
{
    std::string text = term.negated ? "-" : "";
    if (term.field == FilterField::words) { // a sign in a word must not become a relation
        const std::string& word = term.values.front();
        const bool plain = word.front() != '-' && word.find_first_of(":<>=!") == word.npos;
        return text + (plain ? filterValue(word) : "\"" + word + "\"");
    }
    text += term.name + std::string(signOf(term.relation));
    for (std::size_t i = 0; i < term.values.size(); ++i)
        text += (i > 0 ? "," : "") + filterValue(term.values[i]);
    return text;
}

} // namespace vitrine
