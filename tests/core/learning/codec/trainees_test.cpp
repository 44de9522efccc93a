#include "core/learning/nets/codec/inter_trainee.h"
#include "core/learning/nets/codec/intra_trainee.h"
#include "core/learning/nets/codec/paths.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

namespace vitrine::learning::codec
{
namespace
{

// Photographs of gratings, one to train on and one held out, and a clip of each use in which they
// move.
class CodecTrainees : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        const std::filesystem::path folder = own_.emplace().path; // tests run beside one another
        std::filesystem::create_directories(folder / "pictures");
        std::filesystem::create_directories(folder / "clips");
        std::ofstream(folder / "pictures/pictures.rgb", std::ios::binary)
            << grating(96, 0) << grating(96, 7);
        std::ofstream(folder / "pictures/pictures.tsv")
            << "name\twidth\theight\toffset\tuse\na\t96\t96\t0\ttrain\nb\t96\t96\t27648\tcodec\n";
        std::ofstream clips(folder / "clips/clips.rgb", std::ios::binary);
        for (int frame = 0; frame < 26; ++frame)
            clips << grating(64, frame % 13);
        std::ofstream(folder / "clips/clips.tsv")
            << "name\twidth\theight\tframes\tfps\toffset\tuse\n"
               "c\t64\t64\t13\t25\t0\ttrain\nd\t64\t64\t13\t25\t159744\theld-out\n";
        places_ = {folder.string(), ""};
    }

    static void TearDownTestSuite() { own_.reset(); }

    static std::string grating(int side, int shift)
    {
        std::string bytes;
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x)
                for (int c = 0; c < 3; ++c)
                    bytes.push_back(static_cast<char>(static_cast<uint8_t>(std::lround(
                        128 + 60 * std::sin(0.3 * (x + shift) + c) + 40 * std::sin(0.21 * y)))));
        return bytes;
    }

    static Settings small()
    {
        Settings settings;
        settings.set("batch", "1");
        settings.set("crop", "32");
        settings.set("chain", "2");
        settings.set("last_chain", "2");
        settings.set("scene_side", "48");
        return settings;
    }

    // Mean loss of the first and the last steps of a short training at that progress.
    static std::pair<double, double> trained(Trainee& trainee, double progress, int steps,
                                             double rate)
    {
        torch::optim::Adam adam(trainee.network().parameters(), torch::optim::AdamOptions(rate));
        double first = 0.0, last = 0.0;
        for (int i = 0; i < steps; ++i) {
            Chance chance(5, i % 8);
            adam.zero_grad();
            const auto loss = trainee.loss({i, progress, chance});
            loss.backward();
            adam.step();
            (i < 8 ? first : last) += i < 8 || i >= steps - 8 ? loss.item<double>() / 8 : 0.0;
        }
        return {first, last};
    }

    static Places places_;
    static inline std::optional<tests::TemporaryFolder> own_;
};
Places CodecTrainees::places_;

TEST_F(CodecTrainees, IntraLearns)
{
    torch::manual_seed(18);
    const auto trainee = makeIntraTrainee(small(), places_);

    const auto [first, last] = trained(*trainee, 0.0, 60, 1e-3);

    EXPECT_LT(last, 0.85 * first);
}

TEST_F(CodecTrainees, InterLearnsInEachStage)
{
    for (const double progress : {0.1, 0.3, 0.7}) {
        torch::manual_seed(19);
        const auto trainee = makeInterTrainee(small(), places_);

        const auto [first, last] = trained(*trainee, progress, 40, 1e-3);

        EXPECT_LT(last, first) << progress;
    }
}

TEST_F(CodecTrainees, TheSameChanceGivesTheSameLoss)
{
    for (const auto make : {makeIntraTrainee, makeInterTrainee}) {
        torch::manual_seed(20);
        const auto trainee = make(small(), places_);
        Chance one(9, 4), two(9, 4), other(9, 5);

        const double loss = trainee->loss({4, 0.6, one}).item<double>();

        EXPECT_EQ(trainee->loss({4, 0.6, two}).item<double>(), loss);
        EXPECT_NE(trainee->loss({4, 0.6, other}).item<double>(), loss);
    }
}

TEST_F(CodecTrainees, ScoreAndComeBackFromTheirFiles)
{
    const torch::NoGradGuard noGradient;
    for (const auto make : {makeIntraTrainee, makeInterTrainee}) {
        torch::manual_seed(21);
        const auto trainee = make(small(), places_), back = make(small(), places_);
        const std::string folder = places_.data;
        for (auto& parameter : trainee->network().parameters())
            parameter.copy_(parameter.to(torch::kHalf));

        trainee->exportTo(folder);
        back->importFrom(folder);

        const double selection = trainee->selection().value;
        EXPECT_TRUE(std::isfinite(selection));
        EXPECT_EQ(back->selection().value, selection);
    }
}

// What the held-out films cost an untrained net is what repeating the first frame costs, plus its
// bits.
TEST_F(CodecTrainees, InterScoresTheRepeatedFrameBeside)
{
    torch::manual_seed(22);
    const torch::NoGradGuard noGradient;
    const auto trainee = makeInterTrainee(small(), places_);

    const auto scores = trainee->scores();

    ASSERT_EQ(scores.size(), 1u + 3u * 4u * 3u);
    EXPECT_EQ(scores[1].name, "d, lambda 256, rate of P frames");
    EXPECT_NEAR(scores[2].value, scores[3].value, 1e-3);
}

TEST_F(CodecTrainees, IntraFramesOfATrainedModelStartTheChains)
{
    const auto intra = makeIntraTrainee(small(), places_);
    intra->exportTo(places_.data);
    auto settings = small();
    settings.set("intra_model", places_.data);
    Chance chance(1, 2);

    EXPECT_GT(makeInterTrainee(settings, places_)->loss({0, 0.9, chance}).item<double>(), 0.0);
    settings.set("intra_model", places_.data + "/nowhere");
    EXPECT_THROW(makeInterTrainee(settings, places_), std::runtime_error);
}

TEST(Paths, NeverMoveAPixelFurtherThanTold)
{
    for (int seed = 0; seed < 40; ++seed) {
        Chance chance(23, seed);
        const Path path = drawPath(chance, 4, 64, 6.0);
        const auto where = places(path, 4, 64);
        const auto moves = (where.slice(0, 1) - where.slice(0, 0, 3)).square().sum(-1).sqrt();
        EXPECT_LE(moves.max().item<double>() / path.scale, 6.3);
    }
}

} // namespace
} // namespace vitrine::learning::codec
