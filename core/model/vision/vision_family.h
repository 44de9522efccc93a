#pragma once

#include "core/base/registry.h"
#include "core/model/network/network.h"
#include "core/model/vision/position_resampling.h"
#include "core/model/vision/preprocessing.h"
#include "core/model/vision/tensor_rules.h"
#include "core/model/vision/vision_config.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::model
{

// The tensors of a file under our names.
class TensorShapes
{
public:
    using Shape = std::vector<std::int64_t>;
    std::map<std::string, Shape> all;

    bool has(const std::string& name) const { return all.contains(name); }
    // 0 where there is no such tensor, or it has fewer dimensions.
    std::int64_t size(const std::string& name, std::size_t dimension) const
    {
        const auto found = all.find(name);
        return found == all.end() || found->second.size() <= dimension ? 0
                                                                       : found->second[dimension];
    }
    // How many of pattern 0, 1, 2 ... ("blocks.{}.norm1.weight") there are.
    std::int64_t count(std::string_view pattern) const;
};

// A kind of vision transformer: one file, which says how its tensors are named and what network
// their shapes belong to. Those of timm, and of a first release where that was before, are the
// names of the description.
struct VisionFamily {
    std::string name;
    std::vector<std::string_view> wrappers; // what may stand before all names: "vit."
    std::vector<TensorRule> rules;          // names that differ; ours "" for what no pass reads
    bool (*knows)(const TensorShapes& shapes);
    // Sizes from the shapes; what they do not say from `config`; `notes` is told what neither says.
    Result<Network> (*describe)(const TensorShapes& shapes, const VisionConfig& config,
                                std::vector<std::string>& notes);
    Preprocessing preprocessing; // unless a file says otherwise
    // Where pictures are prepared in another size than "pos_embed" was trained for: what it is to
    // become, for `side` pixels. Nothing: it fits as it is. Null: no family with such positions.
    struct Regrid {
        PositionGrids grids;
        std::int64_t side = 0;
    };
    Result<std::optional<Regrid>> (*regrid)(const TensorShapes& shapes,
                                            const VisionConfig& config) = nullptr;
};

// Input error where the configuration says another size than the tensors have.
Result<void> sameSize(const char* what, std::optional<std::int64_t> config, std::int64_t tensors);
// The same of lists with an entry for each stage; an empty one says nothing.
Result<void> sameSizes(const char* what, const std::vector<std::int64_t>& config,
                       const std::vector<std::int64_t>& tensors);
// Epsilon of layer normalisations: what `config` says, else what the code of transformers or timm
// has (`usual` is timm's), else that, and `notes` is told.
float normEpsilon(const VisionConfig& config, double usual, std::vector<std::string>& notes);
// Input error for a pooling that is not the family's ("token", "avg").
Result<void> samePooling(const VisionConfig& config, std::string_view ours);
// Input error for an activation that is not the family's.
Result<void> sameActivation(const VisionConfig& config, std::initializer_list<const char*> names);

} // namespace vitrine::model
