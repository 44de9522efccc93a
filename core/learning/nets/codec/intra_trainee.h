#pragma once

#include "core/learning/nets/codec/intra.h"
#include "core/learning/nets/codec/scenes.h"
#include "core/learning/nets/training/pictures.h"
#include "core/learning/nets/training/trainee.h"

#include <memory>
#include <string>
#include <vector>

namespace vitrine::learning::codec
{

// Recipe `network = ctvc-intra`: the I frame of CTVC-lite on parts of photographs. Loss: bits per
// pixel + lambda * mean square error, lambda one of the four for each batch. Keys: batch (4), crop
// (128). Selection: minus the mean of that cost over the four lambdas and the hold-out photographs
// (use `codec`). The card has JPEG on the same photographs beside it. Exports ctvc-intra.vnw.
class IntraTrainee : public Trainee
{
public:
    IntraTrainee(const Settings& settings, const Places& places);

    torch::nn::Module& network() override { return *net_; }
    torch::Tensor loss(const Step& step) override;
    Score selection() override;
    std::vector<Score> scores() override;
    std::string configJson() const override;
    void exportTo(const std::string& folder) override;
    void importFrom(const std::string& folder) override;
    std::vector<std::string> dataParts() const override { return {"pictures"}; }
    double worthShipping() const override { return 0.01; } // about 1 % of the bits

private:
    int64_t batch_, crop_;
    PictureStore photographs_;
    Scenes scenes_;
    std::vector<torch::Tensor> heldOut_;
    IntraNet net_;
};

std::unique_ptr<Trainee> makeIntraTrainee(const Settings& settings, const Places& places);

} // namespace vitrine::learning::codec
