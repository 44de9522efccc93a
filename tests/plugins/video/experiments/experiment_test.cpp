#include "core/base/file.h"
#include "core/jobs/experiment/read_run.h"
#include "core/video/psnr.h"
#include "core/video/y4m.h"
#include "plugins/video/experiments/bd_experiment.h"
#include "plugins/video/experiments/compare_experiment.h"
#include "plugins/video/experiments/decode_experiment.h"
#include "plugins/video/experiments/encode_experiment.h"
#include "plugins/video/experiments/metrics_experiment.h"
#include "plugins/video/experiments/rd.h"
#include "plugins/video/figures/figures.h"
#include "tests/plugins/video/experiment_fixture.h"
#include "tests/support/run_length_codec.h"
#include "tests/support/synthetic_clip.h"

namespace vitrine::video_plugin
{
namespace
{

using testing::Contains;
using testing::HasSubstr;

class VideoExperiments : public tests::VideoRuns
{
protected:
    // Frames first .. first + frames - 1 of the moving clip.
    std::string clip(const char* name, int first, int frames, double noise = 0, int width = 96,
                     int height = 64, double rate = 25)
    {
        video::Y4mHeader header;
        header.width = width;
        header.height = height;
        header.rateNumerator = static_cast<std::int64_t>(rate);
        const auto path = folder_.path / name;
        auto writer = video::Y4mWriter::create(path, header).value();
        for (int i = first; i < first + frames; ++i)
            EXPECT_TRUE(writer.write(tests::withNoise(tests::movingFrame(width, height, {}, i),
                                                      noise, static_cast<std::uint64_t>(i))));
        EXPECT_TRUE(writer.finish());
        return path.string();
    }
};

TEST_F(VideoExperiments, IdenticalInputSaysIdentical)
{
    const auto a = clip("a.y4m", 0, 6);
    for (const char* offset : {"auto", "0"}) {
        const auto result =
            run(MetricsExperiment(), {{"reference", a}, {"test", a}, {"offset", offset}});
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(metric(*result, "identical"), 1);
        EXPECT_EQ(metric(*result, "psnr_y"), video::kExactPsnr);
        EXPECT_EQ(metric(*result, "ssim"), 1);
        EXPECT_EQ(metric(*result, "offset"), 0);
        EXPECT_EQ(metric(*result, "frames"), 6);
        EXPECT_THAT(result->notes, Contains(HasSubstr("No sample of 6 frames differs")));
        EXPECT_THAT(result->notes, Contains(HasSubstr("ms_ssim has no value")));
    }
}

TEST_F(VideoExperiments, ALateTestIsPairedByContentAndSaysSo)
{
    const auto reference = clip("a.y4m", 5, 12), late = clip("b.y4m", 4, 12);
    const auto result = run(MetricsExperiment(), {{"reference", reference}, {"test", late}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(metric(*result, "offset"), -1);
    EXPECT_EQ(metric(*result, "frames"), 11);
    EXPECT_EQ(metric(*result, "psnr_y"), video::kExactPsnr);
    EXPECT_EQ(metric(*result, "identical"), 0);
    EXPECT_THAT(result->notes, Contains(HasSubstr("offset of −1")));

    const auto asItComes =
        run(MetricsExperiment(), {{"reference", reference}, {"test", late}, {"offset", "0"}});
    EXPECT_LT(metric(*asItComes, "psnr_y"), 35);
    EXPECT_THAT(asItComes->notes, Contains(HasSubstr("First difference: frame 0, Y (")));
}

TEST_F(VideoExperiments, OtherSizesAndRatesAreRefused)
{
    const auto a = clip("a.y4m", 0, 3), small = clip("s.y4m", 0, 3, 0, 64, 64),
               fast = clip("f.y4m", 0, 3, 0, 96, 64, 50);
    const auto sizes = run(MetricsExperiment(), {{"reference", a}, {"test", small}});
    ASSERT_FALSE(sizes);
    EXPECT_THAT(sizes.error().message, HasSubstr("96x64"));
    EXPECT_EQ(sizes.error().kind, ErrorKind::input);
    EXPECT_THAT(run(MetricsExperiment(), {{"reference", a}, {"test", fast}}).error().message,
                HasSubstr("rates=ignore"));
    EXPECT_TRUE(run(MetricsExperiment(), {{"reference", a}, {"test", fast}, {"rates", "ignore"}}));
    EXPECT_THAT(
        run(MetricsExperiment(), {{"reference", a}, {"test", a}, {"offset", "x"}}).error().message,
        HasSubstr("neither auto"));
    EXPECT_EQ(run(MetricsExperiment(), {{"reference", a}, {"test", "/gone.mp4"}}).error().kind,
              ErrorKind::input);
}

TEST_F(VideoExperiments, CompareMakesCurvesDeltasAndFramesAndIsInstantTheSecondTime)
{
    const auto reference = clip("a.y4m", 0, 8, 3, 192, 176);
    const Given given = {
        {"reference", reference},
        {"codecs", "x264:crf=22,27,32,37:preset=veryfast:gop=4;mpeg4:q=3,5,9,16:gop=4"},
        {"anchor", "mpeg4"}};
    const auto first = run(CompareExperiment(), given);
    ASSERT_TRUE(first) << first.error().message;
    const Table *rd = first->table("rd"), *bd = first->table("bd"),
                *frames = first->table("frames");
    ASSERT_EQ(rd->rows.size(), 8u);
    ASSERT_EQ(bd->rows.size(), 3u); // one curve against the anchor, three methods
    EXPECT_EQ(frames->rows.size(), 64u);
    EXPECT_EQ(std::get<std::string>(bd->rows[0][0]), "x264");
    EXPECT_LT(std::get<double>(bd->rows[0][1]), 0);
    EXPECT_EQ(metric(*first, "best_bd_rate_psnr"), std::get<double>(bd->rows[0][1]));
    // Bits of frames and of points are the same bits.
    double bits = 0;
    for (std::size_t i = 0; i < 8; ++i)
        bits += static_cast<double>(std::get<std::int64_t>(frames->rows[i][4]));
    EXPECT_NEAR(std::get<double>(rd->rows[0][2]), bits * 25 / (8 * 1000), 1e-9);
    EXPECT_EQ(first->artifacts.size(), 8u);
    // Every row has its point, and every point the file that holds it.
    for (std::size_t i = 0; i < rd->rows.size(); ++i) {
        const RowReader row(*rd, i);
        EXPECT_EQ(row.whole("point"), static_cast<std::int64_t>(i) + 1);
        EXPECT_TRUE(first->artifact(row.text("stream"))) << row.text("stream");
    }
    for (std::size_t i = 0; i < frames->rows.size(); ++i) {
        const RowReader row(*frames, i);
        const RowReader point(*rd, static_cast<std::size_t>(row.whole("point")) - 1);
        EXPECT_EQ(row.text("codec") + row.text("setting"),
                  point.text("codec") + point.text("setting"));
        EXPECT_EQ(row.text("stream"), point.text("stream"));
    }

    const auto second = run(CompareExperiment(), given);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_THAT(second->notes, Contains(HasSubstr("8 of 8 points come from the cache")));
    EXPECT_EQ(*second->table("bd"), *bd);
    EXPECT_EQ(*second->table("rd"), *rd);

    RunRecord record;
    record.experiment = "video.compare";
    record.uid = "u";
    record.result = *first;
    const auto list = figures({record});
    ASSERT_EQ(list.size(), 4u);
    EXPECT_EQ(list[0].name, "rd-psnr");
    EXPECT_EQ(list[0].series.size(), 2u);
    EXPECT_EQ(list[0].series[0].x.size(), 4u);
    EXPECT_TRUE(std::ranges::is_sorted(list[0].series[0].x));
    EXPECT_EQ(list[2].series.size(), 8u);
}

TEST_F(VideoExperiments, CompareRefusesNvcAndAnUnknownAnchor)
{
    const auto reference = clip("a.y4m", 0, 2);
    const auto nvc = run(CompareExperiment(),
                         {{"reference", reference}, {"codecs", "x264:crf=23;nvc:quality=2"}});
    ASSERT_FALSE(nvc);
    EXPECT_THAT(nvc.error().message,
                testing::EndsWith("codecs: \"nvc:quality=2\": codec nvc: the neural codec is not "
                                  "part of this version; there are x264, x265, av1, aom, vp9, "
                                  "mpeg4, mpeg2"));
    EXPECT_EQ(nvc.error().kind, ErrorKind::argument);
    EXPECT_THAT(run(CompareExperiment(),
                    {{"reference", reference}, {"codecs", "mpeg4:q=4"}, {"anchor", "x264"}})
                    .error()
                    .message,
                HasSubstr("is no curve"));
}

// A codec of somebody else's list, with a container of its own, is compared, kept and found again
// as every other.
TEST_F(VideoExperiments, ACodecOfTheListJoinsCurvesCacheAndFigures)
{
    const codec::CodecList codecs = tests::withRunLengths();
    const CompareExperiment compare(codecs);
    const Given given = {{"reference", clip("a.y4m", 0, 6, 0, 192, 176)},
                         {"codecs", "mpeg2:q=4,8,16,31:gop=4;runs:quality=1,2,3,4:gop=4"}};

    const auto first = run(compare, given);

    ASSERT_TRUE(first) << first.error().message;
    const Table *rd = first->table("rd"), *bd = first->table("bd");
    ASSERT_EQ(rd->rows.size(), 8u);
    const RowReader coarse(*rd, 4), fine(*rd, 7);
    EXPECT_EQ(coarse.text("setting"), "quality=1:gop=4:protocol=ld");
    EXPECT_EQ(coarse.text("stream"), "runs-quality-1-gop-4-protocol-ld.runs");
    EXPECT_TRUE(first->artifact(coarse.text("stream")));
    EXPECT_LT(coarse.number("kbps"), fine.number("kbps"));
    EXPECT_LT(coarse.number("psnr_y"), fine.number("psnr_y"));
    EXPECT_GT(fine.number("decode_fps"), 0);
    ASSERT_EQ(bd->rows.size(), 3u);
    EXPECT_EQ(RowReader(*bd, 0).text("codec"), "runs");
    EXPECT_THAT(first->notes, Contains(HasSubstr("of the tests, 1, first point: quality 1")));

    const auto again = run(compare, given);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_THAT(again->notes, Contains(HasSubstr("8 of 8 points come from the cache")));
    EXPECT_EQ(*again->table("rd"), *rd);

    RunRecord record;
    record.result = *again;
    const auto list = figures({record});
    ASSERT_EQ(list.size(), 4u);
    EXPECT_EQ(list[0].series[1].name, "runs");
    EXPECT_EQ(list[0].series[1].x.size(), 4u);

    EXPECT_FALSE(run(CompareExperiment(), given)) << "another list has it not";
}

TEST_F(VideoExperiments, ACodecOfTheListEncodesAndItsStreamIsAnInput)
{
    const codec::CodecList codecs = tests::withRunLengths();
    const auto reference = clip("a.y4m", 0, 5);

    const auto encoded =
        run(EncodeExperiment(codecs), {{"input", reference}, {"codec", "runs:quality=5:gop=3"}});

    ASSERT_TRUE(encoded) << encoded.error().message;
    const Artifact* stream = encoded->artifact("encoded.runs");
    ASSERT_TRUE(stream);
    const auto again =
        run(EncodeExperiment(codecs), {{"input", stream->path.string()},
                                       {"codec", "mpeg2:q=2"},
                                       {"output", (folder_.path / "b.mkv").string()}});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->table("frames")->rows.size(), 5u);
}

// Where its rules are known, a text is refused before anything is started.
TEST_F(VideoExperiments, TextsWithRulesAreCheckedByTheirParameters)
{
    const auto problem = [](const Experiment& experiment, const char* name, const char* text) {
        const auto specs = experiment.params({});
        const auto spec = std::ranges::find(specs, std::string(name), &ParamSpec::name);
        EXPECT_NE(spec, specs.end()) << name;
        const auto value = parseParam(*spec, text);
        return value ? std::string() : value.error().message;
    };
    const CompareExperiment compare;
    for (const char* text : {"x264:crf=22,27;x265:crf=28:preset=slow", "mpeg4:q=4"})
        EXPECT_EQ(problem(compare, "codecs", text), "");
    EXPECT_THAT(problem(compare, "codecs", "x264"), HasSubstr("no rate is given"));
    EXPECT_THAT(problem(compare, "codecs", "x264:crf="), HasSubstr("is not a number"));
    EXPECT_THAT(problem(compare, "codecs", "x264:crf=99"), HasSubstr("out of range"));
    EXPECT_THAT(problem(compare, "codecs", "x266:crf=20"), HasSubstr("x266"));
    EXPECT_THAT(problem(compare, "codecs", ";"), HasSubstr("none is given"));
    EXPECT_THAT(problem(compare, "size", "1920"), HasSubstr("size"));
    EXPECT_EQ(problem(compare, "size", "1920x1080"), "");
    EXPECT_THAT(problem(compare, "format", "yuv999"), HasSubstr("format: "));
    EXPECT_THAT(problem(compare, "rate", "fast"), HasSubstr("rate: \"fast\" is no rate"));
    EXPECT_EQ(problem(compare, "rate", "30000/1001"), "");

    EXPECT_EQ(problem(EncodeExperiment(), "codec", "x264:crf=23"), "");
    EXPECT_THAT(problem(EncodeExperiment(), "codec", "x264:crf=23,27"),
                HasSubstr("codec: one point is encoded, 2 are given"));
    EXPECT_THAT(problem(MetricsExperiment(), "offset", "soon"), HasSubstr("offset: "));
    EXPECT_EQ(problem(MetricsExperiment(), "offset", "-3"), "");
    EXPECT_THAT(problem(MetricsExperiment(), "test_size", "wide"), HasSubstr("test_size"));
}

TEST_F(VideoExperiments, ADamagedCacheEntryCountsAsNone)
{
    const auto reference = clip("a.y4m", 0, 3);
    const Given given = {{"reference", reference}, {"codecs", "mpeg4:q=4"}};
    ASSERT_TRUE(run(CompareExperiment(), given));
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path / "cache/encodes")) {
        if (entry.path().extension() != ".json")
            continue;
        ASSERT_TRUE(writeFileAtomically(entry.path(), "{\"format\": 1"));
    }
    const auto again = run(CompareExperiment(), given);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->table("rd")->rows.size(), 1u);
    for (const auto& note : again->notes)
        EXPECT_THAT(note, testing::Not(HasSubstr("come from the cache")));
}

TEST_F(VideoExperiments, ARateThatTheEncoderMissedIsSaid)
{
    const auto encoded = run(EncodeExperiment(), {{"input", clip("a.y4m", 0, 3)},
                                                  {"codec", "x264:kbps=1:preset=veryfast"},
                                                  {"output", (folder_.path / "c.mp4").string()}});
    ASSERT_TRUE(encoded) << encoded.error().message;
    EXPECT_THAT(encoded->notes, testing::Contains(HasSubstr("was asked for 1 kbit/s and made")));
}

TEST_F(VideoExperiments, EncodeThenDecodeThenMeasureAgree)
{
    const auto reference = clip("a.y4m", 0, 6);
    const auto coded = (folder_.path / "coded.mp4").string(),
               decoded = (folder_.path / "decoded.y4m").string();
    const auto encode =
        run(EncodeExperiment(),
            {{"input", reference}, {"codec", "x264:crf=28:preset=veryfast"}, {"output", coded}});
    ASSERT_TRUE(encode) << encode.error().message;
    const auto decode =
        run(DecodeExperiment(), {{"input", coded}, {"output", decoded}, {"reference", reference}});
    ASSERT_TRUE(decode) << decode.error().message;
    EXPECT_NEAR(metric(*encode, "psnr_y"), metric(*decode, "psnr_y"), 1e-9);
    EXPECT_NEAR(metric(*encode, "kbps"), metric(*decode, "kbps"), 0.02 * metric(*encode, "kbps"));
    for (const auto& test : {coded, decoded}) {
        const auto measured = run(MetricsExperiment(), {{"reference", reference}, {"test", test}});
        ASSERT_TRUE(measured) << measured.error().message;
        EXPECT_NEAR(metric(*measured, "psnr_y"), metric(*encode, "psnr_y"), 1e-9);
    }
    EXPECT_EQ(
        metric(*run(MetricsExperiment(), {{"reference", coded}, {"test", decoded}}), "identical"),
        1);
}

TEST_F(VideoExperiments, BdReadsTheFileAndRefusesAMalformedOne)
{
    const auto path = folder_.path / "curves.json";
    ASSERT_TRUE(writeFileAtomically(
        path,
        R"({"anchor": {"rate": [3591.856, 6685.886, 13645.808, 36306.748], "quality": [34.1312, 36.6480, 38.9761, 41.2202]},
        "test": {"rate": [2402.075, 5242.852, 11316.149, 31624.632], "quality": [34.9182, 37.4100, 39.6110, 41.6608]}})"));
    const auto result = run(BdExperiment(), {{"file", path.string()}, {"method", "cubic"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_NEAR(metric(*result, "bd_rate"), -36.830, 0.005);
    EXPECT_NEAR(metric(*result, "bd_quality"), 1.2753, 5e-5);
    EXPECT_NEAR(metric(*result, "overlap"), (41.2202 - 34.9182) / (41.6608 - 34.9182), 1e-9);
    EXPECT_EQ(result->table("methods")->rows.size(), 3u);

    for (
        const char* text :
        {"", "[]", "{\"anchor\": {}}", R"({"anchor": {"rate": [1], "quality": []}, "test": {}})",
         R"({"anchor": {"rate": ["x"], "quality": [1]}, "test": {"rate": [1], "quality": [1]}})"}) {
        ASSERT_TRUE(writeFileAtomically(path, text));
        const auto refused = run(BdExperiment(), {{"file", path.string()}});
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().kind, ErrorKind::input);
    }
    ASSERT_TRUE(writeFileAtomically(
        path,
        R"({"anchor": {"rate": [1, 2], "quality": [1, 2]}, "test": {"rate": [1, 2], "quality": [1, 2]}})"));
    const auto few = run(BdExperiment(), {{"file", path.string()}});
    ASSERT_TRUE(few);
    EXPECT_TRUE(std::isnan(metric(*few, "bd_rate")));
    EXPECT_THAT(few->notes, Contains(HasSubstr("at least 4")));
}

TEST_F(VideoExperiments, AFrameThatCannotBeDecodedIsLeftOutAndSaid)
{
    const auto reference = clip("a.y4m", 0, 8);
    const auto coded = (folder_.path / "c.mp4").string();
    const auto encoded = run(
        EncodeExperiment(),
        {{"input", reference}, {"codec", "x264:crf=20:preset=veryfast:gop=4"}, {"output", coded}});
    ASSERT_TRUE(encoded) << encoded.error().message;
    // Units behind their lengths; that of frame 5 leads far behind it.
    std::string bytes = readFile(coded, 16 << 20).value();
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(bytes.at(i)); };
    std::size_t at = bytes.find("mdat") + 4;
    for (int slices = 0;;) {
        const int type = byteAt(at + 4) & 0x1f;
        if ((type == 1 || type == 5) && slices++ == 5)
            break;
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i)
            length = length << 8U | byteAt(at + i);
        at += 4 + length;
    }
    bytes[at] = '\x7f';
    ASSERT_TRUE(writeFileAtomically(coded, bytes));

    for (const char* offset : {"auto", "0"}) {
        const auto result = run(MetricsExperiment(),
                                {{"reference", reference}, {"test", coded}, {"offset", offset}});
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(metric(*result, "frames"), 7);
        EXPECT_EQ(metric(*result, "offset"), 0);
        EXPECT_EQ(metric(*result, "identical"), 0);
        EXPECT_THAT(result->notes,
                    Contains(HasSubstr("1 frame (5) cannot be decoded and was left out")));
        const Table& measured = *result->table("frames");
        ASSERT_EQ(measured.rows.size(), 7u);
        EXPECT_EQ(std::get<std::int64_t>(measured.rows[4][1]), 4);
        EXPECT_EQ(std::get<std::int64_t>(measured.rows[5][1]), 6);
    }
    EXPECT_THAT(run(DecodeExperiment(), {{"input", coded}}).error().message,
                HasSubstr("frame 5 cannot be decoded"));
}

TEST_F(VideoExperiments, StopWhenAsked)
{
    const auto reference = clip("a.y4m", 0, 6);
    const auto params =
        resolveParams(CompareExperiment(), {{"reference", reference}, {"codecs", "mpeg4:q=4"}})
            .value();
    QuietProgress progress(folder_.path / "artifacts");
    progress.cancel();
    EXPECT_EQ(CompareExperiment().run(params, progress).error().kind, ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::video_plugin
