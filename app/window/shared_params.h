#pragma once

#include "core/jobs/experiment/params.h"

#include <map>
#include <string>
#include <vector>

namespace vitrine
{

// Form texts by parameter.
using ParamTexts = std::map<std::string, std::string>;

// One experiment's parameters and what its form says of them.
struct FilledForm {
    std::vector<ParamSpec> specs;
    ParamTexts texts;
};

// The texts of `to` when a person comes to it from `from`: what is set there of parameters that
// both have with one name and type (the model, the text, the clips) is set here too, unless it was
// set here by hand. Alternatives go as one. `carried` are the texts that came here in this way
// before: they are not by hand; brought up to date.
ParamTexts carriedOver(const FilledForm& from, const FilledForm& to, ParamTexts& carried);

} // namespace vitrine
