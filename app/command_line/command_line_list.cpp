#include "app/command_line/command_line_text.h"
#include "app/command_line/command_line_verbs.h"
#include "app/command_line/output.h"
#include "core/base/format.h"
#include "core/base/json.h"

#include <algorithm>

namespace vitrine::command
{
namespace
{

using Given = std::map<std::string, std::string>;

Json experimentJson(const Experiment& experiment, const std::string& plugin, const Given& given)
{
    const auto info = experiment.info();
    Json json = {{"id", info.id},
                 {"title", info.title},
                 {"sentence", info.sentence},
                 {"version", info.version},
                 {"plugin", plugin}};
    json["parameters"] = Json::array();
    for (const auto& spec : resolvedSpecs(experiment, given))
        json["parameters"].push_back(toJson(spec));
    return json;
}

std::string typeText(const ParamSpec& spec)
{
    const Json json = toJson(spec);
    std::string text = json["type"].get<std::string>();
    if (spec.type == ParamType::choice) {
        text.clear();
        for (const auto& choice : spec.choices)
            text += (text.empty() ? "" : " | ") + choice.value;
    }
    if (spec.minimum || spec.maximum)
        text += fmt::format(" {}..{}", spec.minimum ? shortest(*spec.minimum) : "",
                            spec.maximum ? shortest(*spec.maximum) : "");
    if (!spec.unit.empty() && spec.unit != "1")
        text += " " + spec.unit;
    return text;
}

std::string defaultText(const ParamSpec& spec)
{
    if (spec.fallback)
        return "= " + oneLine(paramText(*spec.fallback), 30);
    if (!spec.oneOf.empty())
        return "one of these";
    return spec.optional ? "optional" : "needed";
}

std::string parametersText(const Experiment& experiment, const Given& given)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& spec : resolvedSpecs(experiment, given))
        rows.push_back(
            {"  " + spec.name, typeText(spec), defaultText(spec), oneLine(spec.help, 300)});
    const auto info = experiment.info();
    return fmt::format("{}  {}\n{}\n{}", info.id, info.title, info.sentence, alignedText(rows));
}

int listOne(const ListOptions& options, const Given& given)
{
    PluginRegistry registry;
    auto found = registry.find(options.experiment);
    if (!found.experiment)
        return complain({ErrorKind::argument, found.problem});
    if (const std::string instead = found.experiment->insteadFor(given); !instead.empty())
        found = registry.find(instead);
    if (!found.experiment)
        return complain({ErrorKind::argument, found.problem});
    // What is given must fit; what is missing may be missing here.
    const auto specs = resolvedSpecs(*found.experiment, given);
    for (const auto& [name, text] : given) {
        const auto spec = std::ranges::find(specs, name, &ParamSpec::name);
        if (spec == specs.end())
            return complain({ErrorKind::argument, fmt::format("{}: there is no parameter \"{}\"",
                                                              found.experiment->info().id, name)});
        if (const auto value = parseParam(*spec, text); !value)
            return complain(value.error());
    }
    if (options.json) {
        Json json = {{"format", 1}};
        json["experiment"] = experimentJson(*found.experiment, found.plugin, given);
        printOutput("{}\n", dumpJson(json));
    } else {
        printOutput("{}", parametersText(*found.experiment, given));
    }
    return 0;
}

Json pluginJson(const PluginInfo& info, PluginRegistry& registry)
{
    Json json = {{"id", info.id},       {"title", info.title},     {"summary", info.summary},
                 {"paper", info.paper}, {"version", info.version}, {"file", info.file.string()}};
    json["experiments"] = Json::array();
    for (const auto& id : info.experiments)
        if (const auto found = registry.find(id); found.experiment)
            json["experiments"].push_back(experimentJson(*found.experiment, info.id, {}));
    return json;
}

int listAllAsJson()
{
    PluginRegistry registry;
    Json json = {{"format", 1}, {"plugins", Json::array()}};
    for (const auto& info : registry.plugins())
        json["plugins"].push_back(pluginJson(info, registry));
    json["problems"] = registry.problems();
    printOutput("{}\n", dumpJson(json));
    return 0;
}

} // namespace

int list(const ListOptions& options)
{
    const auto given = parseSettings(options.settings);
    if (!given)
        return complain(given.error());
    if (!options.experiment.empty())
        return listOne(options, *given);
    if (!given->empty())
        return complain({ErrorKind::argument, "list --set needs an experiment"});
    if (options.json)
        return listAllAsJson();

    PluginRegistry registry;
    std::vector<std::vector<std::string>> rows;
    for (const auto& info : registry.plugins()) {
        rows.push_back({info.id, info.title, info.summary});
        for (const auto& id : info.experiments)
            if (const auto found = registry.find(id); found.experiment)
                rows.push_back(
                    {"  " + id, found.experiment->info().title, found.experiment->info().sentence});
    }
    printOutput("{}", alignedText(rows));
    for (const auto& problem : registry.problems())
        printErrors("vitrine: {}\n", problem);
    return 0;
}

} // namespace vitrine::command
