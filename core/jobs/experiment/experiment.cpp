#include "core/jobs/experiment/experiment.h"

#include "core/jobs/experiment/model_names.h"

#include <algorithm>
#include <set>

namespace vitrine
{
namespace
{

using Given = std::map<std::string, std::string>;

// A path field that was left empty is a field that was not filled in.
bool isGiven(const ParamSpec& spec, const Given& given)
{
    const auto found = given.find(spec.name);
    if (found == given.end())
        return false;
    const bool path = spec.type == ParamType::file || spec.type == ParamType::model;
    return !(path && found->second.empty());
}

// Of a model that may also be one of a list of names: what is no path.
bool isName(const ParamSpec& spec, const std::string& text)
{
    if (spec.type != ParamType::model || text.find('/') != std::string::npos)
        return false;
    std::error_code ignored;
    return std::ranges::count(shippedModels(spec), text) > 0 ||
           std::ranges::count(spec.choices, text, &ParamChoice::value) > 0 ||
           (!spec.choices.empty() && !std::filesystem::exists(text, ignored));
}

// Paths become absolute, since the worker, or a later repetition, may run in another folder.
ParamValue settled(const ParamSpec& spec, ParamValue value)
{
    auto* text = std::get_if<std::string>(&value);
    if (!text || text->empty())
        return value;
    if ((spec.type == ParamType::file || spec.type == ParamType::model) && !isName(spec, *text)) {
        std::error_code ignored;
        if (const auto path = std::filesystem::absolute(*text, ignored); !ignored)
            *text = path.lexically_normal().string();
    }
    return value;
}

class Resolver
{
public:
    explicit Resolver(const Given& given) : given_(given) {}

    // One pass over these specs; problems of an earlier pass are forgotten.
    Params resolve(const std::vector<ParamSpec>& specs)
    {
        problems_.clear();
        Params params;
        std::set<std::string> settledGroups;
        for (const auto& spec : specs) {
            if (!spec.oneOf.empty()) {
                if (settledGroups.insert(spec.oneOf).second)
                    resolveGroup(specs, spec.oneOf, params);
            } else if (isGiven(spec, given_)) {
                take(spec, params);
            } else if (spec.fallback) {
                params.set(spec.name, *spec.fallback);
            } else if (!spec.optional) {
                problems_.push_back(fmt::format("{} must be given", spec.name));
            }
        }
        return params;
    }

    void refuseUnknown(const std::vector<ParamSpec>& specs)
    {
        for (const auto& [name, text] : given_)
            if (std::ranges::count(specs, name, &ParamSpec::name) == 0)
                problems_.push_back(fmt::format("there is no parameter \"{}\"", name));
    }

    const std::vector<std::string>& problems() const { return problems_; }

private:
    void take(const ParamSpec& spec, Params& params)
    {
        if (auto value = parseParam(spec, given_.at(spec.name)))
            params.set(spec.name, settled(spec, *std::move(value)));
        else
            problems_.push_back(value.error().message);
    }

    // Alternatives: exactly one is given, or none and one of them has a default.
    void resolveGroup(const std::vector<ParamSpec>& specs, const std::string& group, Params& params)
    {
        std::string names;
        const ParamSpec* chosen = nullptr;
        const ParamSpec* fallback = nullptr;
        int count = 0;
        for (const auto& spec : specs) {
            if (spec.oneOf != group)
                continue;
            names += (names.empty() ? "" : ", ") + spec.name;
            if (isGiven(spec, given_)) {
                chosen = &spec;
                ++count;
            }
            if (spec.fallback && !fallback)
                fallback = &spec;
        }
        if (count == 1)
            take(*chosen, params);
        else if (count == 0 && fallback)
            params.set(fallback->name, *fallback->fallback);
        else
            problems_.push_back(fmt::format("exactly one of {} must be given", names));
    }

    const Given& given_;
    std::vector<std::string> problems_;
};

struct Resolved {
    std::vector<ParamSpec> specs;
    Params params;
    std::vector<std::string> problems;
};

// Specs may depend on values and values on specs: repeated until nothing changes (a choice rarely
// opens more than one level).
Resolved settle(const Experiment& experiment, const Given& given)
{
    Resolver resolver(given);
    Resolved resolved;
    for (int pass = 0; pass < 8; ++pass) {
        resolved.specs = allParams(experiment, resolved.params);
        Params next = resolver.resolve(resolved.specs);
        const bool stable = next == resolved.params;
        resolved.params = std::move(next);
        if (stable)
            break;
    }
    resolver.refuseUnknown(resolved.specs);
    resolved.problems = resolver.problems();
    return resolved;
}

} // namespace

std::string Experiment::insteadFor(const std::map<std::string, std::string>& /*given*/) const
{
    return {};
}

Result<std::unique_ptr<LiveSession>> Experiment::open(const Params&) const
{
    return failure("{} cannot be tuned live", info().id);
}

std::vector<ParamSpec> allParams(const Experiment& experiment, const Params& chosen)
{
    auto specs = experiment.params(chosen);
    ParamSpec seed;
    seed.name = "seed";
    seed.label = "Seed";
    seed.type = ParamType::integer;
    seed.minimum = 0;
    seed.fallback = std::int64_t{42};
    seed.help = "Start of the random numbers; equal seeds give equal results";
    seed.group = "Run";
    seed.advanced = true;
    specs.push_back(std::move(seed));

    ParamSpec threads;
    threads.name = "threads";
    threads.label = "Threads";
    threads.type = ParamType::integer;
    threads.minimum = 0;
    threads.maximum = 1024;
    threads.fallback = std::int64_t{0};
    threads.help = "Processor threads; 0 takes all. Results do not depend on it";
    threads.group = "Run";
    threads.advanced = true;
    specs.push_back(std::move(threads));
    return specs;
}

std::vector<ParamSpec> resolvedSpecs(const Experiment& experiment, const Given& given)
{
    return settle(experiment, given).specs;
}

Result<Params> resolveParams(const Experiment& experiment, const Given& given)
{
    auto resolved = settle(experiment, given);
    if (resolved.problems.empty())
        return std::move(resolved.params);
    std::string all;
    for (const auto& problem : resolved.problems)
        all += (all.empty() ? "" : "; ") + problem;
    return argumentError("{}: {}", experiment.info().id, all);
}

} // namespace vitrine
