#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::superres
{

// The settings ("config") of one Keras layer of unknown origin. Every setting that decides what the
// layer computes has to be there; the first problem is kept. Keys are literals.
class TfjsSettings
{
public:
    // `where` names the layer in messages: model.json, layer "F_0".
    TfjsSettings(const Json& config, std::string where);

    const Json& value(const char* key); // null where it is absent
    void expect(const char* key, const Json& supported);
    bool refuse(std::string problem); // false
    // Refuses what was not asked for, but for what only training uses.
    void refuseOthers();
    Result<void> done() const; // the first problem as an input error

private:
    const Json& config_;
    std::string where_, problem_;
    std::vector<std::string_view> asked_;
};

} // namespace vitrine::superres
