#include "core/base/file.h"
#include "core/quant/vision/coded_files.h"
#include "tests/core/quant/vision/small_vit.h"
#include "tests/core/superres/tfjs/small_tfjs.h"
#include "tests/fuzz/picture_samples.h"
#include "tests/fuzz/samples.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace
{

// As fuzz_coded_vision reads it.
std::string codedSample()
{
    using namespace vitrine;
    const tests::SmallVit vit;
    const tests::TemporaryFolder folder;
    const auto coded = quant::findVisionMethod("p2vit").value().quantize(vit.task("p2vit"));
    if (!quant::writeCodedVision(coded.value(), "p2vit", folder.path))
        std::abort();
    const auto bytesOf = [&](const char* name) {
        return readFile(folder.path / name, 1 << 24).value();
    };
    return bytesOf("config.json") + '\0' + bytesOf("model.safetensors");
}

// As fuzz_tfjs_model reads it.
std::string tfjsSample()
{
    const vitrine::tests::SmallTfjs small;
    return small.json().dump() + '\0' + small.shards.at("a.bin") + small.shards.at("b.bin");
}

} // namespace

// write_corpus FOLDER: one valid file per fuzz target, in FOLDER/<target>/sample.
int main(int count, char** arguments)
{
    if (count != 2) {
        std::cerr << "usage: write_corpus FOLDER\n";
        return 2;
    }
    const auto write = [&](const char* target, const char* name, const std::string& bytes) {
        const auto folder = std::filesystem::path(arguments[1]) / target;
        std::filesystem::create_directories(folder);
        std::ofstream(folder / name, std::ios::binary) << bytes;
    };
    using namespace vitrine::fuzz;
    write("safetensors", "sample", safetensorsSample());
    write("packed_codes", "sample", packedSample());
    write("config_json", "sample", configSample());
    write("tokenizer_json", "sample", tokenizerSample());
    write("llama2c", "checkpoint", llama2cSample());
    write("llama2c", "tokenizer", llama2cTokenizerSample());
    write("shard_index", "sample", shardIndexSample());
    write("task", "lines", taskLinesSample());
    write("task", "table", taskTableSample());
    write("task", "xml", taskXmlSample());
    write("topology", "sample", topologySample());
    write("bit_map", "sample", bitMapSample());
    write("bd_curves", "sample", bdCurvesSample());
    write("text_lines", "sample", textLinesSample());
    write("recipe", "sample", recipeSample());
    write("card", "sample", cardSample());
    write("vision_config", "transformers",
          R"({"model_type": "vit", "image_size": 8, "layer_norm_eps": 1e-12})");
    write(
        "vision_config", "timm",
        R"({"model_args": {"img_size": 32}, "pretrained_cfg": {"input_size": [3, 32, 32], "crop_pct": 0.9}})");
    write(
        "preprocessor_config", "sample",
        R"({"image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 9}, "crop_size": 8,
              "resample": 3, "rescale_factor": 0.5, "image_mean": [0.5, 0.5, 0.5], "image_std": 0.5})");
    write("picture_size", "pnm", "P6\n3 2\n255\n");
    write("picture_size", "tiff",
          std::string("II*\0\x08\0\0\0\1\0\0\1\4\0\1\0\0\0\x60\xea\0\0\0\0\0\0", 26));
    write("idx", "sample", std::string("\0\0\x08\1\0\0\0\2ab", 10));
    using vitrine::attention::AttentionKind;
    write("picture_capture", "softmax", pictureSample(AttentionKind::softmax));
    write("picture_capture", "windows", pictureSample(AttentionKind::windows));
    write("picture_capture", "linear", pictureSample(AttentionKind::linear));
    write("coded_vision", "sample", codedSample());
    write("blur_kernel", "sample", "# a blur\n0 1 0\n1,\t4 1\n0 1e0 0\n");
    write("tfjs_model", "sample", tfjsSample());
    write("s2r_config", "sample",
          R"({"model_type": "s2r", "name": "s", "scale": 2, "channels": 15, "blocks": 1, )"
          R"("windows": [4, 4, 8], "head": true, "deformable": false, "mean": [0.4, 0.5, 0.6], )"
          R"("batch_norm_epsilon": 1e-05, "layer_norm_epsilon": 1e-05})");
    write("run_json", "sample", R"({"params": {}, "metrics": []})");
    write("y4m", "sample", "YUV4MPEG2 W16 H12 F25:1 Ip A1:1 C420p10 XCOLORRANGE=FULL\nFRAME\n");
    write("raw_name", "sample", "clip_1920x1080_50fps_422_10bit_be.yuv");
    return 0;
}
