#pragma once

#include "core/jobs/experiment/run_record.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What heads of a vision transformer are told apart by: the run's tables, for the view and figures.
namespace vitrine::attention_plugin
{

enum class PictureScore { distance, classMass, entropy, sinkMass, registerMass, taylorError };
inline constexpr std::array kPictureScores = {
    PictureScore::distance, PictureScore::classMass,    PictureScore::entropy,
    PictureScore::sinkMass, PictureScore::registerMass, PictureScore::taylorError};

std::string pictureScoreName(PictureScore score);      // as in the state
PictureScore pictureScoreNamed(std::string_view name); // the first where no score has that name
std::string pictureScoreLabel(PictureScore score);     // "Distance"
std::string pictureScoreHelp(PictureScore score);
// Of every head of the run in the order of its table heads; NaN: none.
struct PictureScored {
    std::int64_t layer = 0, head = 0;
    double value = 0;
};
std::vector<PictureScored> pictureScores(const RunRecord& run, PictureScore score);

} // namespace vitrine::attention_plugin
