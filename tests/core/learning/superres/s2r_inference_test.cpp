// The program's own inference beside the trainer's network, from the file that the trainer writes.
#include "core/learning/nets/superres/s2r.h"
#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/training/tensor_file.h"
#include "core/superres/s2r/s2r.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

// Untrained, but with statistics and offsets as a trained network has them.
void stir(S2r& network)
{
    const torch::NoGradGuard guard;
    torch::manual_seed(3);
    for (auto& item : network.named_buffers()) {
        if (item.key().ends_with("running_mean"))
            item.value().normal_(0, 0.1);
        if (item.key().ends_with("running_var"))
            item.value().uniform_(0.5, 1.5);
    }
    for (auto& item : network.named_parameters())
        item.value().add_(torch::randn_like(item.value()) * 0.03);
    network.eval();
}

class S2rInference : public testing::Test
{
protected:
    void exportNetwork(S2r& network) const
    {
        writeTensorFile((folder_ / "model.safetensors").string(), {namedTensors(network), {}},
                        Storage::f32);
        writeWhole((folder_ / "config.json").string(), s2rConfigJson(network.shape()));
    }

    vitrine::tests::TemporaryFolder temporary_;
    fs::path folder_ = temporary_.path;
};

TEST_F(S2rInference, EqualsTheTrainersNetwork)
{
    const torch::NoGradGuard guard;
    for (const std::string& name : s2rNames())
        for (const int64_t scale : {2, 3, 4}) {
            S2r network(s2rShape(name, scale), 5);
            stir(network);
            exportNetwork(network);
            const auto upscaler = superres::openS2r(folder_, scale);
            ASSERT_TRUE(upscaler) << upscaler.error().message;
            EXPECT_EQ((*upscaler)->parameters(), network.parameterCount());

            const auto low = torch::rand({1, 3, 37, 50});
            const auto high = network.forward(low).permute({0, 2, 3, 1}).contiguous();
            const auto pixels = low.permute({0, 2, 3, 1}).contiguous();
            superres::Image image = superres::blankImage(50, 37);
            std::copy_n(pixels.data_ptr<float>(), pixels.numel(), image.values.begin());
            const auto ours = (*upscaler)->enlarged(image, {});
            ASSERT_TRUE(ours) << ours.error().message;

            double largest = 0, square = 0;
            for (int64_t i = 0; i < high.numel(); ++i) {
                const double d = ours->image.values[static_cast<size_t>(i)] -
                                 static_cast<double>(high.data_ptr<float>()[i]);
                largest = std::max(largest, std::abs(d));
                square += d * d;
            }
            const double psnr = -10 * std::log10(square / static_cast<double>(high.numel()));
            std::printf("%s x%ld: largest difference %.1e, PSNR %.1f dB\n", name.c_str(),
                        static_cast<long>(scale), largest, psnr);
            EXPECT_LE(largest, 2e-4) << name << scale;
            EXPECT_GT(psnr, 80) << name << scale;
        }
}

} // namespace
} // namespace vitrine::learning
