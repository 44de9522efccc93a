#pragma once

#include "core/attention/picture/rollout.h"
#include "core/base/json_fwd.h"
#include "core/figure/picture_look.h"
#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"
#include "plugins/attention/figures/picture_scores.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What a person sees and changes in the view of pictures: window, exported figures and reports read
// it here.
namespace vitrine::attention_plugin
{

enum class PictureMaps {
    attention, // of the chosen head, or the mean of its layer's
    standIns,  // the same by softmax, by ReLU-linear and by Taylor attention
    rollout,   // through all layers up to the chosen one
    picture,   // none
};

// Whose row of the map is shown.
struct PictureQuery {
    enum class Kind { mean, prefix, patch };
    Kind kind = Kind::mean;
    std::int64_t prefix = 0; // which token before the patches
    double x = 0.5, y = 0.5; // a patch, by its place in shares of the picture's sides

    friend bool operator==(const PictureQuery&, const PictureQuery&) = default;
};

// Keys of its JSON: README.md. Everything is optional there; what is missing or malformed takes the
// default.
struct PictureState {
    std::optional<std::int64_t> layer, head; // none: the last layer, head 0
    bool allHeads = false;
    std::optional<PictureQuery> query; // none: the class token where there is one, else the mean
    PictureMaps maps = PictureMaps::attention;
    PictureScore score = PictureScore::distance;
    std::int64_t picture = 0; // of the run's, from 0
    bool hidesHigh = false;   // patches of high norm are left out of maps and their range
    double alpha = 5, normFactor = 3;
    figure::PictureLook look;
    figure::RunPlaces places;

    friend bool operator==(const PictureState&, const PictureState&) = default;
};
// alpha and norm_factor are those of `run` where the state has none.
PictureState readPictureState(const Json& json, const RunRecord& run);
// The JSON with what differs from `before`, as it was read, changed; all else as it stands.
Json writtenPictureState(Json json, const PictureState& state, const PictureState& before);

struct PictureFigureRun {
    const RunRecord* run = nullptr;
    std::vector<std::shared_ptr<const attention::PictureCapture>> pictures; // at least one

    const attention::PictureCapture& shown(const PictureState& state) const
    {
        const auto last = static_cast<std::int64_t>(pictures.size()) - 1;
        return *pictures[static_cast<std::size_t>(std::min(state.picture, last))];
    }
};
// Opens the captures of a run of attention.picture. Reads files. Input error naming the run.
Result<PictureFigureRun> openPictureRun(const RunRecord& run);

struct PictureHead {
    std::size_t layer = 0;
    std::int64_t head = 0;
};
// The chosen head, or the nearest that the capture has.
PictureHead shownHead(const attention::PictureCapture& capture, const PictureState& state);
PictureQuery shownQuery(const attention::PictureCapture& capture, const PictureState& state);
// The token of a grid that a query is; none for the mean.
std::optional<std::int64_t> tokenOf(const PictureQuery& query, const attention::TokenGrid& grid);

std::string queryName(const attention::PictureCapture& capture, const PictureQuery& query);
// "layer 3, head 1", "layer 3, all heads", "rollout up to layer 3".
std::string pictureHeadText(const attention::PictureCapture& capture, const PictureState& state);

} // namespace vitrine::attention_plugin
