#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vitrine
{

enum class ParamType {
    boolean,
    integer,
    real,
    text,     // one line, or several where `multiline`
    choice,   // one of `choices`
    file,     // path of an existing file (or folder)
    model,    // path, or the name of a shipped model
    integers, // comma-separated whole numbers; empty text is the empty list
};

using ParamValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;

struct ParamChoice {
    std::string value; // what scripts write
    std::string label; // what people read
    std::string help;
};

// Describes one parameter: enough for a form, for checking, and for `vitrine list --json`.
struct ParamSpec {
    std::string name;  // as in experiments.md: "tau"
    std::string label; // "Threshold τ"
    ParamType type = ParamType::text;
    std::string unit;                       // "" or "1" for plain numbers
    std::optional<double> minimum, maximum; // inclusive, numbers only (for lists: of each item)
    std::optional<ParamValue>
        fallback;          // the default; none: must be given, unless `oneOf` or `optional`
    bool optional = false; // may be left out altogether
    std::vector<ParamChoice> choices; // of a model: names that may be given instead
    std::string help;                 // one line
    std::string group;                // heading in the form: "Sinks"
    bool advanced = false;
    bool multiline = false;
    bool logarithmic = false; // a slider moves in decades
    std::string
        fileKind; // "text", "safetensors", ...: what an open dialog offers and dropping looks for
    std::string
        oneOf; // parameters with the same non-empty tag are alternatives: exactly one is given
    // Of a text that is written by rules of its own ("x264:crf=22,27"): what is wrong with it, told
    // while it is typed and before a run begins. Fast, of any thread; not asked of an empty text.
    std::function<Result<void>(const std::string& text)> check{};
};

// Checked parameter values. Inside an experiment they are known to be right, so the getters assert.
class Params
{
public:
    bool has(std::string_view name) const;
    bool boolean(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    double real(std::string_view name) const;             // an integer value converts
    const std::string& text(std::string_view name) const; // text, choice, file, model
    const std::vector<std::int64_t>& integers(std::string_view name) const;

    void set(std::string name, ParamValue value);
    const std::map<std::string, ParamValue, std::less<>>& all() const { return values_; }

    friend bool operator==(const Params&, const Params&) = default;

private:
    std::map<std::string, ParamValue, std::less<>> values_;
};

// Value from text as a script writes it, by type and range. The message names the parameter and
// what is allowed.
Result<ParamValue> parseParam(const ParamSpec& spec, std::string_view text);

// The text form of a value; parseParam reads it back.
std::string paramText(const ParamValue& value);

Json toJson(const Params& params);
Json toJson(const ParamSpec& spec);

} // namespace vitrine
