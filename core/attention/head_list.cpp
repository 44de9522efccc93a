#include "core/attention/head_list.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <cmath>

namespace vitrine::attention
{
namespace
{

constexpr std::uint64_t kLargestFile = 4ull << 20;
constexpr std::int64_t kFirstLayer = 2;
constexpr std::string_view kRandom = "random:";

void makeSet(HeadSet& heads)
{
    std::ranges::sort(heads);
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
}

// Leaves the heads of `layers`; a note says what went.
void keepLayers(HeadList& list, std::span<const int> layers)
{
    HeadSet out;
    std::erase_if(list.heads, [&](const model::LayerHead& head) {
        const bool gone = std::ranges::find(layers, head.layer) == layers.end();
        if (gone)
            out.push_back(head);
        return gone;
    });
    if (!out.empty())
        list.notes.push_back(fmt::format("Left out, for their layers are not among those chosen: "
                                         "heads {}. Give layers= to choose others.",
                                         headsText(out)));
}

bool namesHeads(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789., ") == text.npos;
}

Result<HeadSet> drawn(std::string_view text, const HeadSet& from, std::uint64_t seed)
{
    const auto count = parseInteger(text.substr(kRandom.size()));
    if (!count || *count < 0)
        return argumentError("heads is \"{}\": a number of heads expected, for example random:8",
                             text);
    if (static_cast<std::uint64_t>(*count) > from.size())
        return argumentError("heads is \"{}\", but the chosen layers have only {} heads", text,
                             from.size());
    return randomHeads(from, static_cast<std::size_t>(*count), seed);
}

// Parts of a head file; every complaint names the file.
struct HeadFile {
    const Json& json;
    std::string name;

    Result<std::string> text(const char* key) const
    {
        if (!json.contains(key) || json[key].is_null())
            return std::string();
        if (!json[key].is_string())
            return inputError("cannot read {}: \"{}\" is no text", name, key);
        return json[key].get<std::string>();
    }
    Result<std::optional<double>> share(const char* key) const
    {
        if (!json.contains(key) || json[key].is_null())
            return std::nullopt;
        const double value = json[key].is_number() ? json[key].get<double>() : -1;
        if (!(value >= 0 && value <= 1))
            return inputError("cannot read {}: \"{}\" is not a number from 0 to 1", name, key);
        return value;
    }
    Result<std::int64_t> firstLayer() const
    {
        if (!json.contains("first_layer"))
            return kFirstLayer;
        const Json& value = json["first_layer"];
        if (!value.is_number_integer() || value < 0 || value > 511)
            return inputError("cannot read {}: \"first_layer\" is no layer from 0 to 511", name);
        return value.get<std::int64_t>();
    }
    Result<HeadSet> heads(const model::LlmConfig& config) const
    {
        if (!json.contains("heads") || !json["heads"].is_array())
            return inputError("cannot read {}: it has no list \"heads\", one list per layer", name);
        VITRINE_TRY(std::int64_t layer, firstLayer());
        HeadSet result;
        for (const Json& row : json["heads"]) {
            if (!row.is_array())
                return inputError("cannot read {}: \"heads\" of layer {} is no list", name, layer);
            for (const Json& head : row) {
                if (!head.is_number_integer() || head < 0 || head >= config.heads ||
                    layer >= config.layers)
                    return inputError("cannot read {}: layer {} has no head {} in this model of {} "
                                      "layers of {} heads",
                                      name, layer, printable(dumpJson(head), 20), config.layers,
                                      config.heads);
                result.push_back({static_cast<int>(layer), static_cast<int>(head.get<int>())});
            }
            ++layer;
        }
        makeSet(result);
        return result;
    }
};

} // namespace

std::vector<int> eligibleLayers(const model::LlmConfig& config)
{
    std::vector<int> layers;
    for (auto layer = static_cast<int>(kFirstLayer); layer <= config.layers - 2; ++layer)
        layers.push_back(layer);
    return layers;
}

HeadSet headsOf(const model::LlmConfig& config, std::span<const int> layers)
{
    HeadSet heads;
    for (const int layer : layers)
        for (int head = 0; head < config.heads; ++head)
            heads.push_back({layer, head});
    makeSet(heads);
    return heads;
}

HeadSet randomHeads(const HeadSet& from, std::size_t count, std::uint64_t seed)
{
    HeadSet heads = from;
    count = std::min(count, heads.size());
    Random random(seed);
    for (std::size_t i = 0; i < count; ++i) // the first steps of a Fisher-Yates shuffle
        std::swap(heads[i], heads[i + random.below(heads.size() - i)]);
    heads.resize(count);
    makeSet(heads);
    return heads;
}

Result<HeadSet> parseHeads(std::string_view text, std::string_view name,
                           const model::LlmConfig& config)
{
    HeadSet heads;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        std::string_view item = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        while (item.starts_with(' '))
            item.remove_prefix(1);
        while (item.ends_with(' '))
            item.remove_suffix(1);
        const auto dot = item.find('.');
        const auto layer = parseInteger(item.substr(0, dot));
        const auto head = dot == item.npos ? std::nullopt : parseInteger(item.substr(dot + 1));
        if (!layer || !head)
            return argumentError(
                "{} has \"{}\": write all, none, or heads as layer.head, for example 3.0,3.4", name,
                printable(item));
        if (*layer < 0 || *layer >= config.layers || *head < 0 || *head >= config.heads)
            return argumentError(
                "{} names head {}.{}: the model has the layers 0 to {} and the heads 0 to {}", name,
                *layer, *head, config.layers - 1, config.heads - 1);
        heads.push_back({static_cast<int>(*layer), static_cast<int>(*head)});
    }
    makeSet(heads);
    return heads;
}

std::string headsText(const HeadSet& heads)
{
    std::string text;
    for (const auto& [layer, head] : heads)
        text += fmt::format("{}{}.{}", text.empty() ? "" : ",", layer, head);
    return text.empty() ? "none" : text;
}

Result<HeadList> resolveHeads(std::string_view text, const model::LlmConfig& config,
                              std::span<const int> layers, std::uint64_t seed)
{
    for (const int layer : layers)
        if (layer < 0 || layer >= config.layers)
            return argumentError("there is no layer {}: the model has the layers 0 to {}", layer,
                                 config.layers - 1);
    const std::vector<int> chosen =
        layers.empty() ? eligibleLayers(config) : std::vector<int>(layers.begin(), layers.end());
    HeadList list;
    if (chosen.empty())
        list.notes.push_back(fmt::format(
            "No layer is calibrated: the layers 2 to L-2 of a model of {} are none. Give layers=.",
            config.layers));
    if (text.empty() || text == "none")
        return list;
    if (text == "all") {
        list.heads = headsOf(config, chosen);
        return list;
    }
    if (text.starts_with(kRandom)) {
        VITRINE_TRY(list.heads, drawn(text, headsOf(config, chosen), seed));
        return list;
    }
    if (namesHeads(text)) {
        VITRINE_TRY(list.heads, parseHeads(text, "heads", config));
    } else {
        auto notes = std::move(list.notes);
        std::error_code ignored;
        const auto path = std::filesystem::absolute(std::filesystem::path(text), ignored);
        VITRINE_TRY(list, readHeadFile(path, config));
        list.notes.insert(list.notes.begin(), notes.begin(), notes.end());
    }
    keepLayers(list, chosen);
    return list;
}

Result<HeadList> readHeadFile(const std::filesystem::path& path, const model::LlmConfig& config)
{
    const std::string name = path.filename().string();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return inputError("heads is \"{}\": neither all, none, random:N nor heads as 3.1,4.0, and "
                          "no such file",
                          path.string());
    VITRINE_TRY(const std::string text, readFile(path, kLargestFile));
    VITRINE_TRY(const Json json, parseJson(text, name, {.depth = 8, .values = 1'000'000}));
    if (!json.is_object())
        return inputError("cannot read {}: an object with a list \"heads\" expected", name);
    const HeadFile file{json, name};
    HeadList list;
    VITRINE_TRY(list.heads, file.heads(config));
    VITRINE_TRY(list.model, file.text("model"));
    VITRINE_TRY(list.family, file.text("family"));
    VITRINE_TRY(list.beta, file.share("beta"));
    VITRINE_TRY(list.tau, file.share("tau"));
    VITRINE_TRY(const std::string rule, file.text("rule"));
    list.rule = parseSinkRule(rule);
    if (!rule.empty() && !list.rule)
        return inputError("cannot read {}: rule \"{}\": absolute, relative or uniform expected",
                          name, printable(rule, 40));
    list.file = path;
    return list;
}

Result<void> writeHeadFile(const std::filesystem::path& path, const HeadList& list)
{
    const int first = list.heads.empty()
                          ? static_cast<int>(kFirstLayer)
                          : std::min(static_cast<int>(kFirstLayer), list.heads.front().layer);
    Json rows = Json::array();
    for (const auto& [layer, head] : list.heads) {
        while (static_cast<int>(rows.size()) <= layer - first)
            rows.push_back(Json::array());
        rows.back().push_back(head);
    }
    Json json{{"model", list.model}, {"family", list.family}, {"first_layer", first}};
    json["heads"] = std::move(rows);
    if (list.beta)
        json["beta"] = *list.beta;
    if (list.tau)
        json["tau"] = *list.tau;
    if (list.rule)
        json["rule"] = sinkRuleName(*list.rule);
    return writeFileAtomically(path, dumpJson(json) + '\n');
}

} // namespace vitrine::attention
