#pragma once

#include "core/learning/nets/codec/films.h"
#include "core/learning/nets/codec/inter.h"
#include "core/learning/nets/codec/intra.h"
#include "core/learning/nets/training/pictures.h"
#include "core/learning/nets/training/trainee.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::learning::codec
{

// Recipe `network = ctvc-inter`: the P frame of CTVC-lite on short films. By progress: to 0.2 the
// motion alone (bits of the motion + lambda * error of the warped picture), to 0.5 one P frame, to
// 0.9 chains of `chain` P frames, each made from the one before, then chains of `last_chain`; the
// loss is the mean of their costs. lambda is one of the four for each batch. The I frame of a film
// is the reconstruction of the model in `intra_model` (a folder with ctvc-intra.vnw), where the
// recipe names one, else likeIntra. Keys: batch (4), crop (128), chain (3), last_chain (5),
// clip_share (0.3), most_motion (24), scene_side (256,
// of held-out scenes), intra_model. Selection: minus the mean cost over the four
// lambdas, the held-out films and their three first P frames. The card has beside each film what
// costs nothing: its first frame as it was decoded, repeated, and for each frame the one before it
// as it is, undecoded; how many films are better; and how their curves lie to MPEG-4 part 2's.
// Exports ctvc-inter.vnw.
class InterTrainee : public Trainee
{
public:
    InterTrainee(const Settings& settings, const Places& places);

    torch::nn::Module& network() override { return *net_; }
    torch::Tensor loss(const Step& step) override;
    Score selection() override;
    std::vector<Score> scores() override;
    std::string configJson() const override;
    void exportTo(const std::string& folder) override;
    void importFrom(const std::string& folder) override;
    std::vector<std::string> dataParts() const override { return {"pictures", "clips"}; }
    double worthShipping() const override { return 0.01; } // about 1 % of the bits

private:
    int64_t framesAt(double progress) const; // P frames
    torch::Tensor start(const torch::Tensor& pictures, double quality, Chance& chance);

    int64_t batch_, crop_, chain_, lastChain_, sceneSide_;
    std::string data_;
    PictureStore photographs_;
    std::optional<ClipStore> clips_;
    Scenes scenes_;
    Films films_;
    std::vector<HeldOutFilm> heldOut_;
    std::optional<IntraNet> intra_;
    InterNet net_;
};

std::unique_ptr<Trainee> makeInterTrainee(const Settings& settings, const Places& places);

} // namespace vitrine::learning::codec
