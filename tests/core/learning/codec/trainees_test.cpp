#include "core/learning/nets/codec/beside_peers.h"
#include "core/learning/nets/codec/films.h"
#include "core/learning/nets/codec/inter_trainee.h"
#include "core/learning/nets/codec/intra_trainee.h"
#include "core/learning/nets/codec/jpeg.h"
#include "core/learning/nets/codec/measure.h"
#include "core/learning/nets/codec/mpeg4.h"
#include "core/learning/nets/codec/packing.h"
#include "core/learning/nets/codec/paths.h"
#include "core/learning/nets/queue/queue.h"
#include "core/learning/nets/training/card.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

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

    ASSERT_EQ(scores.size(), 1u + 3u * (4u * 3u + 3u) + 4u * 2u);
    EXPECT_EQ(scores[1].name, "d, lambda 256, rate of P frames");
    EXPECT_NEAR(scores[2].value, scores[3].value, 1e-3);
}

// The grating moves by one pixel a frame; copying the frame before it shows what that costs.
TEST_F(CodecTrainees, InterScoresThePreviousFrameCopiedBeside)
{
    torch::manual_seed(22);
    const torch::NoGradGuard noGradient;
    const auto trainee = makeInterTrainee(small(), places_);
    double error = 0.0;
    for (int frame = 1; frame < 13; ++frame) {
        const std::string before = grating(64, frame - 1), now = grating(64, frame);
        for (size_t i = 0; i < now.size(); ++i) {
            const double by = static_cast<uint8_t>(now[i]) - static_cast<uint8_t>(before[i]);
            error += by * by / (255.0 * 255.0) / static_cast<double>(12 * now.size());
        }
    }

    const auto scores = trainee->scores();

    EXPECT_EQ(scores[13].name, "d, PSNR (RGB) of the previous frame copied");
    EXPECT_NEAR(scores[13].value, -10.0 * std::log10(error), 1e-4);
    const auto& counts = scores.end() - 8;
    EXPECT_EQ(counts[0].name, "lambda 256, films better than the first frame repeated");
    EXPECT_EQ(counts[7].name, "lambda 2048, films better than the previous frame copied");
    EXPECT_EQ(counts[7].unit, "of 3");
    // Untrained it repeats the first frame, which is worse than the frame before and never better
    // than itself by more than rounding.
    EXPECT_EQ(counts[7].value, 0.0);
}

double valueOf(const std::vector<Score>& scores, const std::string& name)
{
    for (const Score& score : scores)
        if (score.name == name)
            return score.value;
    ADD_FAILURE() << "no score " << name;
    return std::nan("");
}

TEST_F(CodecTrainees, IntraScoresJpegOnTheSamePhotographsBeside)
{
    if (!hasJpeg())
        GTEST_SKIP() << "this build has no JPEG library";
    torch::manual_seed(23);
    const torch::NoGradGuard noGradient;
    const auto trainee = makeIntraTrainee(small(), places_);

    const auto scores = trainee->scores();

    // The one held-out photograph, by hand.
    const std::string bytes = grating(96, 7);
    const std::vector<uint8_t> rgb(bytes.begin(), bytes.end());
    const JpegPicture jpeg = throughJpeg(rgb, 96, 96, 50);
    double error = 0.0;
    for (size_t i = 0; i < rgb.size(); ++i)
        error += std::pow((rgb[i] - jpeg.rgb[i]) / 255.0, 2) / static_cast<double>(rgb.size());
    const std::string at = "held-out photographs, JPEG quality 50, ";
    EXPECT_NEAR(valueOf(scores, at + "rate"), static_cast<double>(jpeg.bits) / (96 * 96), 1e-9);
    EXPECT_NEAR(valueOf(scores, at + "PSNR (RGB)"), -10.0 * std::log10(error), 1e-3);
    EXPECT_EQ(scores[scores.size() - 2].name, "held-out photographs, BD-rate against JPEG");
    EXPECT_EQ(scores[scores.size() - 1].name,
              "held-out photographs, PSNR (RGB) less JPEG's at equal rate");
    for (size_t i = scores.size() - 2; i < scores.size(); ++i)
        EXPECT_EQ(std::isnan(scores[i].value), scores[i].unit != "%" && scores[i].unit != "dB");
}

// JPEG beside JPEG: no difference. Beside half its bits: -50 %.
TEST_F(CodecTrainees, JpegBesideItselfIsNotAhead)
{
    if (!hasJpeg())
        GTEST_SKIP() << "this build has no JPEG library";
    const auto pictures = heldOutPictures(PictureStore(places_.data + "/pictures", "codec"), 96);
    const auto jpeg = besideJpeg("it", pictures, {});
    EXPECT_EQ(jpeg.back().unit, "a curve of less than 4 points");
    std::vector<RatePoint> same, half;
    for (size_t i = 0; i + 3 < jpeg.size(); i += 2) {
        same.push_back({jpeg[i].value, jpeg[i + 1].value});
        half.push_back({jpeg[i].value / 2.0, jpeg[i + 1].value});
    }

    EXPECT_NEAR((besideJpeg("it", pictures, same).end() - 2)->value, 0.0, 1e-9);
    EXPECT_NEAR(besideJpeg("it", pictures, same).back().value, 0.0, 1e-9);
    EXPECT_NEAR((besideJpeg("it", pictures, half).end() - 2)->value, -50.0, 1e-9);
    EXPECT_GT(besideJpeg("it", pictures, half).back().value, 0.0);
}

// A curve like MPEG-4's own, at half its rate: -50 %.
TEST_F(CodecTrainees, Mpeg4BesideItselfIsNotAhead)
{
    if (!hasMpeg4())
        GTEST_SKIP() << "this build has no libavcodec";
    const auto film = heldOutFilms(places_.data, {4, 64, 48}).front();
    std::vector<RgbFrame> frames;
    for (int64_t i = 0; i < 4; ++i) {
        const std::string bytes = grating(64, static_cast<int>(i)); // what the clip holds
        frames.emplace_back(bytes.begin(), bytes.end());
    }
    std::vector<RatePoint> half;
    for (const int quantiser : {2, 3, 5, 8, 13, 20, 31}) {
        const auto coded = throughMpeg4(frames, 64, 64, quantiser);
        double bits = 0.0, error = 0.0;
        for (size_t i = 1; i < 4; ++i) {
            bits += static_cast<double>(coded[i].bits) / (3 * 64 * 64);
            for (size_t k = 0; k < frames[i].size(); ++k)
                error +=
                    std::pow((coded[i].rgb[k] - frames[i][k]) / 255.0, 2) / (3.0 * 3 * 64 * 64);
        }
        half.push_back({bits / 2.0, -10.0 * std::log10(error)});
    }

    const auto scores = besideMpeg4("d", film.frames, half);

    ASSERT_EQ(scores.size(), 2u);
    EXPECT_EQ(scores[0].name, "d, BD-rate of P frames against MPEG-4 part 2");
    EXPECT_NEAR(scores[0].value, -50.0, 0.01);
    EXPECT_GT(scores[1].value, 0.0);
    EXPECT_EQ(besideMpeg4("d", film.frames, {})[0].unit, "a curve of less than 4 points");
}

double lossAt(const Places& places, double progress, const std::string& chain,
              const std::string& lastChain)
{
    Settings settings;
    for (const auto& [key, value] : std::map<std::string, std::string>{
             {"batch", "1"}, {"crop", "32"}, {"chain", chain}, {"last_chain", lastChain}})
        settings.set(key, value);
    torch::manual_seed(24);
    Chance chance(6, 1);
    return makeInterTrainee(settings, places)->loss({0, progress, chance}).item<double>();
}

// One P frame until half of the steps, then `chain`, in the last tenth `last_chain`.
TEST_F(CodecTrainees, InterChainsAreAsLongAsTheRecipeSays)
{
    EXPECT_EQ(lossAt(places_, 0.7, "3", "5"), lossAt(places_, 0.95, "5", "3"));
    EXPECT_EQ(lossAt(places_, 0.7, "5", "3"), lossAt(places_, 0.95, "3", "5"));
    EXPECT_NE(lossAt(places_, 0.7, "3", "5"), lossAt(places_, 0.7, "5", "3"));
    EXPECT_EQ(lossAt(places_, 0.4, "3", "5"), lossAt(places_, 0.7, "1", "5"));
    EXPECT_EQ(lossAt(places_, 0.4, "3", "5"), lossAt(places_, 0.4, "5", "3"));
}

TEST_F(CodecTrainees, InterLearnsInChainsOfTheShippedRecipe)
{
    for (const auto& [progress, frames] : {std::pair(0.7, "3"), std::pair(0.95, "5")}) {
        torch::manual_seed(25);
        auto settings = small();
        settings.set("chain", "3");
        settings.set("last_chain", "5");
        const auto trainee = makeInterTrainee(settings, places_);

        const auto [first, last] = trained(*trainee, progress, 32, 1e-3);

        EXPECT_LT(last, first) << frames;
    }
}

// The first frame that an inter model is scored from is what the intra model makes of it.
TEST_F(CodecTrainees, InterIsScoredFromRealIntraFrames)
{
    torch::manual_seed(26);
    const auto intra = makeIntraTrainee(small(), places_);
    trained(*intra, 0.0, 40, 1e-3);
    intra->exportTo(places_.data);
    const torch::NoGradGuard noGradient;
    auto settings = small();
    settings.set("intra_model", places_.data);
    const auto real = makeInterTrainee(settings, places_)->scores();

    IntraNet net = readIntra(places_.data);
    const auto film = heldOutFilms(places_.data, {13, 384, 48}).front().frames;
    const auto psnrOfRepeated = [&](const torch::Tensor& first) {
        double error = 0.0;
        for (int64_t i = 1; i < film.size(0); ++i)
            error += meanSquare(first[0], film[i]) / 12.0;
        return -10.0 * std::log10(error);
    };
    for (int quality = 0; quality < kQualities; ++quality) {
        const auto first = film.narrow(0, 0, 1);
        Chance chance(2025, quality);
        const double scored = valueOf(real, "d, lambda " + std::to_string(256 << quality) +
                                                ", PSNR (RGB) of the first frame repeated");
        EXPECT_NEAR(scored, psnrOfRepeated(measureIntra(*net, first, quality).picture), 1e-3);
        EXPECT_NE(scored, psnrOfRepeated(likeIntra(first, quality, chance)));
    }
    for (const Score& score : real)
        EXPECT_TRUE(std::isfinite(score.value) || score.name.find("MPEG-4") != std::string::npos)
            << score.name;
}

// From recipes: trained for some steps from the intra model's frames, shipped, and scored from its
// files as its card says.
TEST_F(CodecTrainees, InterAfterIntraIsShippedWithTheScoresOfItsFiles)
{
    const tests::TemporaryFolder folder;
    const auto at = [&](const std::string& name) { return (folder.path / name).string(); };
    std::filesystem::create_directories(at("recipes"));
    const std::string common = "steps = 4\nwarm_up = 1\nevaluate_every = 4\nbatch = 1\ncrop = 32\n";
    std::ofstream(at("recipes/i.recipe")) << "network = ctvc-intra\n" << common;
    std::ofstream(at("recipes/p.recipe"))
        << "network = ctvc-inter\nscene_side = 48\nafter = i\nintra_model = " << at("models/i")
        << "\n"
        << common;
    const QueuePlaces places{at("recipes"), at("models"), at("state"), places_};
    const auto never = [] { return false; };
    std::ostringstream log;

    runQueue(places, {"i"}, 10.0, never, log);
    shipModel(places, "i", false, log);
    runQueue(places, {"p"}, 10.0, never, log);
    shipModel(places, "p", false, log);

    for (const std::string name : {"i", "p"}) {
        const Card card = readCard(at("models/" + name));
        EXPECT_EQ(card.step, 4) << log.str();
        std::string shipped, scored;
        for (const Score& score : card.scores)
            shipped += scoreLine(score) + "\n";
        for (const Score& score : shippedScores(places, name))
            scored += scoreLine(score) + "\n";
        EXPECT_EQ(scored, shipped);
        EXPECT_FALSE(scored.empty());
    }
    updateCard(places, "i"); // has all of them
    EXPECT_EQ(readCard(at("models/i")).scores.size(), shippedScores(places, "i").size());
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
