#include "app/window/shared_params.h"

#include <algorithm>

namespace vitrine
{
namespace
{

// Alternatives are one thing that is set; any other parameter is one by itself.
std::string thingOf(const ParamSpec& spec)
{
    return spec.oneOf.empty() ? spec.name : "one of " + spec.oneOf;
}

const ParamSpec* counterpart(const std::vector<ParamSpec>& specs, const ParamSpec& of)
{
    const auto found = std::ranges::find(specs, of.name, &ParamSpec::name);
    return found == specs.end() || found->type != of.type ? nullptr : &*found;
}

bool isSet(const ParamSpec& spec, const ParamTexts& texts)
{
    const auto text = texts.find(spec.name);
    return text != texts.end() && !text->second.empty() &&
           (!spec.oneOf.empty() || !spec.fallback || paramText(*spec.fallback) != text->second);
}

} // namespace

ParamTexts carriedOver(const FilledForm& from, const FilledForm& to, ParamTexts& carried)
{
    std::map<std::string, std::vector<const ParamSpec*>> things;
    for (const ParamSpec& spec : to.specs)
        things[thingOf(spec)].push_back(&spec);

    ParamTexts texts = to.texts;
    for (const auto& [thing, specs] : things) {
        const auto setByHand = [&](const ParamSpec* spec) {
            const auto here = to.texts.find(spec->name);
            const auto came = carried.find(spec->name);
            return here != to.texts.end() &&
                   (came == carried.end() || came->second != here->second);
        };
        const auto shared = [&](const ParamSpec* spec) { return counterpart(from.specs, *spec); };
        if (std::ranges::any_of(specs, setByHand) || std::ranges::none_of(specs, shared))
            continue;
        for (const ParamSpec* spec : specs) {
            texts.erase(spec->name);
            carried.erase(spec->name);
        }
        for (const ParamSpec* spec : specs) {
            const ParamSpec* there = shared(spec);
            if (there == nullptr || !isSet(*there, from.texts))
                continue;
            const std::string& text = from.texts.at(spec->name);
            if (parseParam(*spec, text)) // another choice of values is not taken
                texts[spec->name] = carried[spec->name] = text;
        }
    }
    return texts;
}

} // namespace vitrine
