#include "widgets/plot/render.h"

#include <QImage>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSvgRenderer>

#include "core/figure/not_finite.h"
#include "tests/widgets/plot/application.h"
#include "tests/widgets/plot/samples.h"
#include "widgets/plot/grid_image.h"
#include "widgets/plot/picture_image.h"
#include "widgets/plot/plot_view.h"
#include "widgets/plot/reading.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace vitrine::plot
{
namespace
{

class RenderTest : public testing::Test
{
protected:
    RenderTest()
    {
        needApplication();
        theme::setTheme(theme::ThemeName::light);
    }
};

const std::vector<figure::Figure>& all()
{
    static const std::vector<figure::Figure> figures = {
        figure::samples::sinkProfile(),
        figure::samples::headBars(),
        figure::samples::attentionMap(32),
        figure::samples::attentionMap(24, figure::ColourMap::difference),
        figure::samples::paretoScatter(),
        figure::samples::mapsOverPictures()};
    return figures;
}

QStringList svgTexts(const QByteArray& svg)
{
    static const QRegularExpression kText("<text [^>]*>([^<]*)</text>");
    QStringList texts;
    for (auto match = kText.globalMatch(QString::fromUtf8(svg)); match.hasNext();)
        texts << match.next().captured(1).replace("&lt;", "<").replace("&gt;", ">");
    return texts;
}

TEST_F(RenderTest, TwoRendersAreTheSameBytes)
{
    for (const figure::Figure& figure : all())
        for (const Format format : {Format::svg, Format::pdf, Format::png})
            EXPECT_EQ(renderFigure(figure, format), renderFigure(figure, format)) << figure.name;
}

TEST_F(RenderTest, PdfCarriesTheGivenTimeAndNotTheClock)
{
    const QByteArray pdf = renderFigure(all()[1], Format::pdf, {.time = 86400});

    EXPECT_TRUE(pdf.contains("/CreationDate (D:19700102000000"));
    EXPECT_TRUE(pdf.startsWith("%PDF-"));

    qputenv("SOURCE_DATE_EPOCH", "0");
    EXPECT_TRUE(renderFigure(all()[1], Format::pdf, {.time = 86400}).contains("(D:19700101000000"));
    qunsetenv("SOURCE_DATE_EPOCH");
}

TEST_F(RenderTest, PngHasTheSizeOnPaper)
{
    const QImage image = QImage::fromData(renderFigure(all()[0], Format::png, {.scale = 2}));

    EXPECT_EQ(image.width(), 2 * 454); // 120 mm at 96 pixels per inch
    EXPECT_EQ(image.pixelColor(0, 0), QColor("#FFFFFF"));
}

// Places of the labels of the y axis, top to bottom.
double axisHeight(const figure::Figure& figure)
{
    static const QRegularExpression kText("<text [^>]*y=\"([-0-9.]+)\"[^>]*>([0-9.]+)</text>");
    const QString svg = QString::fromUtf8(renderFigure(figure, Format::svg));
    double top = 1e9, foot = -1e9;
    for (auto all = kText.globalMatch(svg); all.hasNext();) {
        const double y = all.next().captured(1).toDouble();
        top = std::min(top, y);
        foot = std::max(foot, y);
    }
    return foot - top;
}

TEST_F(RenderTest, ALongLegendMakesPaperTallerAndNotTheAxesSmaller)
{
    figure::Figure figure{.name = "rate"};
    for (int i = 0; i < 8; ++i)
        figure.series.push_back({.name = "x264 crf=22:preset=medium:gop=48 " + std::to_string(i),
                                 .x = {0, 1},
                                 .y = {0, 1.0 * i}});
    figure::Figure few = figure;
    for (std::size_t i = 2; i < 8; ++i)
        few.series[i].name.clear();

    const auto height = [](const figure::Figure& each) {
        return QImage::fromData(renderFigure(each, Format::png, {.scale = 1})).height();
    };
    EXPECT_EQ(height(few), 302); // 80 mm
    EXPECT_GT(height(figure), 302 + 2 * 18);
    EXPECT_GE(axisHeight(figure), axisHeight(few) - 18);
}

TEST_F(RenderTest, WindowAndPaperHaveTheSameLabelsTicksAndLegend)
{
    for (const figure::Figure& figure : all()) {
        PlotView view;
        view.setTitleVisible(false);
        view.setFigure(figure);
        view.resize(454, 302);
        view.grab();
        const QJsonObject shown = view.drawn()["shown"].toObject();

        const QStringList texts = svgTexts(renderFigure(figure, Format::svg, {.size = {454, 302}}));

        EXPECT_TRUE(texts.contains(shown["x_label"].toString())) << figure.name;
        EXPECT_TRUE(texts.contains(shown["y_label"].toString())) << figure.name;
        for (const QJsonValue& entry : shown["legend"].toArray())
            EXPECT_TRUE(texts.contains(entry.toString())) << figure.name;
        for (const char* axis : {"x_ticks", "y_ticks"}) {
            EXPECT_FALSE(shown[axis].toObject().isEmpty());
            for (const QString& label : shown[axis].toObject().keys())
                EXPECT_TRUE(texts.contains(label)) << figure.name << " " << label.toStdString();
        }
    }
}

TEST_F(RenderTest, WindowAndPaperDrawTheSamePixels)
{
    for (const figure::Figure& figure : all()) {
        PlotView view;
        view.setTitleVisible(false);
        view.setFigure(figure);
        view.resize(454, 302);
        const QImage window = view.grab().toImage().convertToFormat(QImage::Format_RGB32);

        const QImage paper =
            QImage::fromData(renderFigure(figure, Format::png, {.size = {454, 302}, .scale = 1}))
                .convertToFormat(QImage::Format_RGB32);

        ASSERT_EQ(window.size(), paper.size());
        int different = 0;
        for (int y = 0; y < paper.height(); ++y)
            for (int x = 0; x < paper.width(); ++x)
                different += std::abs(qGray(window.pixel(x, y)) - qGray(paper.pixel(x, y))) > 48;
        EXPECT_LT(different, paper.width() * paper.height() / 200) << figure.name;
    }
}

TEST_F(RenderTest, SvgIsReadableAndNamesNoForeignFile)
{
    const QByteArray svg = renderFigure(all()[2], Format::svg);

    EXPECT_TRUE(QSvgRenderer(svg).isValid());
    EXPECT_TRUE(svg.contains("image-rendering:pixelated"));
    EXPECT_FALSE(svg.contains("file:"));
    EXPECT_TRUE(svg.contains("@font-face"));
    EXPECT_FALSE(renderFigure(all()[2], Format::svg, {.embedFont = false}).contains("@font-face"));
}

TEST_F(RenderTest, NothingIsDrawnOutsideTheAxes)
{
    figure::Figure figure = all()[0];
    figure.x.minimum = 40;
    figure.x.maximum = 60;
    figure.y.minimum = 0.005;
    figure.y.maximum = 0.01;

    const QString svg = QString::fromUtf8(renderFigure(figure, Format::svg));

    // The line's points: all within the drawing, although the data goes far beyond.
    static const QRegularExpression kPoints("<polyline [^>]*points=\"([^\"]*)\"");
    int points = 0;
    for (auto match = kPoints.globalMatch(svg); match.hasNext();)
        for (const QString& point : match.next().captured(1).split(' ', Qt::SkipEmptyParts)) {
            const QStringList xy = point.split(',');
            EXPECT_GE(xy[0].toDouble(), 0);
            EXPECT_LE(xy[0].toDouble(), 454);
            EXPECT_GE(xy[1].toDouble(), 0);
            EXPECT_LE(xy[1].toDouble(), 302);
            ++points;
        }
    EXPECT_GT(points, 10);
}

// Seen in a browser: it samples the picture to the page's pixels, so a column must be one of them
// wide.
TEST_F(RenderTest, ASingleBrightColumnSurvivesTheSamplingOfASvg)
{
    figure::Figure figure;
    figure.grids.push_back(
        {.name = "w", .rows = 1000, .columns = 1000, .values = std::vector<float>(1000000, 0)});
    for (std::size_t row = 0; row < 1000; ++row)
        figure.grids[0].values[row * 1000 + 503] = 1;

    const QString svg = QString::fromUtf8(renderFigure(figure, Format::svg));

    static const QRegularExpression kImage("<image [^>]*width=\"(\\d+)\"[^>]*base64,([^\"]*)\"");
    int widest = 0;
    QImage map;
    for (auto match = kImage.globalMatch(svg); match.hasNext();) {
        const auto image = match.next();
        if (image.captured(1).toInt() <= widest)
            continue;
        widest = image.captured(1).toInt(); // the map, not its legend
        map = QImage::fromData(QByteArray::fromBase64(image.captured(2).toLatin1()));
    }
    ASSERT_GT(widest, 100);
    EXPECT_EQ(map.width(), widest) << "a pixel of the picture is a pixel of the page";
    int bright = 0;
    for (int x = 0; x < map.width(); ++x)
        bright += map.pixelColor(x, map.height() / 2) == QColor(0xfd, 0xe7, 0x25);
    EXPECT_EQ(bright, 1);
}

// In the text's colour a note would not be seen on a dark cell, nor in the dark theme on a bright
// one.
TEST_F(RenderTest, NotesOnCellsAreBlackOrWhiteByTheCell)
{
    figure::Figure figure;
    figure.grids.push_back({.name = "w", .rows = 1, .columns = 2, .values = {0, 1}});
    figure.annotations = {{"D", 0, 0}, {"B", 1, 0}, {"R", 1, 0, 0}};

    const QString svg = QString::fromUtf8(renderFigure(figure, Format::svg));

    const auto fillOf = [&](const QString& note) {
        const QRegularExpression text("<text fill=\"([^\"]*)\"[^>]*>" + note + "</text>");
        return text.match(svg).captured(1);
    };
    EXPECT_EQ(fillOf("D"), "#ffffff");
    EXPECT_EQ(fillOf("B"), "#000000");
    EXPECT_EQ(QColor(fillOf("R")), theme::palette().series(0)); // a colour of its own stays
}

// 1,000 cells in 100 pixels, one of them bright.
TEST(GridImage, ASingleBrightColumnDoesNotVanish)
{
    figure::Grid grid{
        .name = "w", .rows = 1000, .columns = 1000, .values = std::vector<float>(1000000, 0)};
    for (std::size_t row = 0; row < 1000; ++row)
        grid.values[row * 1000 + 503] = 1;
    const Frame frame{.rect = QRectF(0, 0, 100, 100), .x = {-0.5, 999.5}, .y = {-0.5, 999.5}};

    const QImage image = gridImage(grid, frame, 1);

    int bright = 0;
    for (int x = 0; x < 100; ++x)
        bright += image.pixelColor(x, 50) == QColor(0xfd, 0xe7, 0x25);
    EXPECT_EQ(bright, 1);
    EXPECT_EQ(image.pixelColor(50, 50), QColor(0xfd, 0xe7, 0x25));
}

// In the window's plot, an exported picture and a vector drawing alike; the colour bar names it.
TEST_F(RenderTest, CellsThatAreNotFiniteAreHatched)
{
    figure::Figure figure;
    figure.grids.push_back(
        {.name = "weight", .rows = 2, .columns = 2, .values = {0, NAN, figure::kNotFinite, 1}});
    const auto hatched = [&](const figure::Figure& drawn) {
        const QImage image = QImage::fromData(renderFigure(drawn, Format::png));
        int seen = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                seen += image.pixelColor(x, y) == theme::palette().error ? 1 : 0;
        return seen;
    };

    EXPECT_GT(hatched(figure), 100);
    EXPECT_TRUE(renderFigure(figure, Format::svg).contains("not finite"));
    figure.grids[0].values[2] = NAN;
    EXPECT_EQ(hatched(figure), 0);
    EXPECT_FALSE(renderFigure(figure, Format::svg).contains("not finite"));
}

// A picture of four pixels on axes that fill the frame: what is where.
figure::Image fourPixels()
{
    return {.width = 2,
            .height = 2,
            .rgb = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}}; // red, green; blue, white
}

TEST(PlacedImage, StandsAsTheAxesRun)
{
    Frame frame{
        .rect = QRectF(0, 0, 40, 40), .x = {-0.5, 1.5}, .y = {-0.5, 1.5}, .reversedY = true};

    const PlacedImage down = placedImage(fourPixels(), frame, 1);
    frame.reversedY = false;
    const PlacedImage up = placedImage(fourPixels(), frame, 1);

    EXPECT_EQ(down.place, frame.rect);
    EXPECT_EQ(down.image.size(), QSize(2, 2)) << "its own pixels: files stay small";
    EXPECT_EQ(down.image.pixelColor(0, 0), QColor(Qt::red));
    EXPECT_EQ(down.image.pixelColor(0, 1), QColor(Qt::blue));
    EXPECT_EQ(up.image.pixelColor(0, 0), QColor(Qt::blue));
    EXPECT_EQ(up.image.pixelColor(1, 1), QColor(Qt::green));
}

TEST(PlacedImage, HasNoMorePixelsThanAreSeen)
{
    const figure::Image large = figure::samples::photograph(400, 300);
    const Frame frame{.rect = QRectF(0, 0, 80, 60), .x = {-0.5, 399.5}, .y = {-0.5, 299.5}};

    EXPECT_EQ(placedImage(large, frame, 2).image.size(), QSize(160, 120));
}

TEST(PlacedImage, OutsideTheFrameItIsCutAndFarAwayNotThere)
{
    Frame frame{
        .rect = QRectF(10, 10, 40, 40), .x = {0.5, 2.5}, .y = {-0.5, 1.5}, .reversedY = true};

    const PlacedImage half = placedImage(fourPixels(), frame, 1);
    EXPECT_EQ(half.place, QRectF(10, 10, 20, 40));
    EXPECT_EQ(half.image.pixelColor(19, 2), QColor(Qt::green));
    EXPECT_EQ(half.image.pixelColor(19, 38), QColor(Qt::white));
    frame.x = {100, 102};
    EXPECT_TRUE(placedImage(fourPixels(), frame, 1).image.isNull());
}

TEST(PlacedImage, PixelsThatAreNotAllThereAreNotDrawn)
{
    const Frame frame{.rect = QRectF(0, 0, 40, 40), .x = {-0.5, 1.5}, .y = {-0.5, 1.5}};
    figure::Image image = fourPixels();
    image.rgb.pop_back();
    EXPECT_TRUE(placedImage(image, frame, 1).image.isNull());
    image = fourPixels();
    image.height = std::int64_t{1} << 61;
    EXPECT_TRUE(placedImage(image, frame, 1).image.isNull());
    EXPECT_TRUE(placedImage({}, frame, 1).image.isNull());
}

TEST(GridImage, OpacityLetsWhatLiesUnderItBeSeen)
{
    figure::Grid grid{.rows = 1, .columns = 2, .values = {0, 1}, .opacity = 0.5};
    const Frame frame{.rect = QRectF(0, 0, 8, 8), .x = {-0.5, 1.5}, .y = {-0.5, 0.5}};

    const QImage image = gridImage(grid, frame, 1);

    EXPECT_EQ(qAlpha(image.pixel(6, 1)), 128);
    EXPECT_NEAR(qUnpremultiply(image.pixel(6, 1)) & 0xff, 0x25, 1);
}

TEST(GridImage, IsSmoothBetweenCentresWhereItIsWished)
{
    figure::Grid grid{.rows = 1, .columns = 2, .values = {0, 1}};
    const Frame frame{.rect = QRectF(0, 0, 80, 8), .x = {-0.5, 1.5}, .y = {-0.5, 0.5}};
    const auto greensOf = [&](figure::Upsampling upsampling) {
        grid.upsampling = upsampling;
        const QImage image = gridImage(grid, frame, 1);
        std::set<int> greens;
        for (int x = 0; x < 80; ++x)
            greens.insert(qGreen(image.pixel(x, 4)));
        return greens;
    };

    EXPECT_EQ(greensOf(figure::Upsampling::nearest).size(), 2u);
    EXPECT_GT(greensOf(figure::Upsampling::bilinear).size(), 30u);
    EXPECT_EQ(*greensOf(figure::Upsampling::bilinear).rbegin(), 0xe7); // its ends stay
}

QList<QImage> imagesIn(const QByteArray& svg)
{
    static const QRegularExpression kImage("<image [^>]*base64,([^\"]*)\"");
    QList<QImage> images;
    for (auto all = kImage.globalMatch(QString::fromUtf8(svg)); all.hasNext();)
        images << QImage::fromData(QByteArray::fromBase64(all.next().captured(1).toLatin1()));
    return images;
}

TEST_F(RenderTest, APictureIsUnderItsMapInEveryFormat)
{
    const figure::Figure figure = figure::samples::mapsOverPictures();
    figure::Figure bare = figure;
    bare.grids.clear();

    const QList<QImage> images = imagesIn(renderFigure(figure, Format::svg));
    const QImage png = QImage::fromData(renderFigure(figure, Format::png));
    const QByteArray pdf = renderFigure(figure, Format::pdf);

    const auto picture = std::ranges::find(images, QSize(48, 32), &QImage::size);
    ASSERT_NE(picture, images.end());
    EXPECT_EQ(picture->pixelColor(0, 0), QColor(0, 40, 80)) << "as it is";
    EXPECT_EQ(std::ranges::count(images, QSize(48, 32), &QImage::size), 2);
    EXPECT_GT(pdf.count("/Subtype /Image"), imagesIn(renderFigure(bare, Format::svg)).size());
    // Orange of the picture with yellow of the map's brightest cell: half of each.
    const QColor mixed((0x83 + 0xfd) / 2, (0x41 + 0xe7) / 2, 0x25 / 2);
    int seen = 0;
    for (int y = 0; y < png.height(); ++y)
        for (int x = 0; x < png.width(); ++x) {
            const QColor colour = png.pixelColor(x, y);
            seen += std::abs(colour.red() - mixed.red()) < 60 &&
                    std::abs(colour.green() - mixed.green()) < 30 &&
                    std::abs(colour.blue() - mixed.blue()) < 12;
        }
    EXPECT_GT(seen, 200);
}

TEST_F(RenderTest, LegendSaysWhatOpacityDidAndWhoseColoursItHas)
{
    figure::Figure figure = figure::samples::mapsOverPictures();
    figure.equalAspect = false; // room for the legend
    figure.height = 120;
    figure.grids[0].name = "w";

    EXPECT_TRUE(svgTexts(renderFigure(figure, Format::svg)).contains("w · 50 % opaque"));
    figure.grids[1].maximum = 7;
    EXPECT_TRUE(
        svgTexts(renderFigure(figure, Format::svg)).contains("w · 50 % opaque · of the first map"));
}

// In a browser: cells keep their edges, photographs and what lies between centres do not get any.
TEST_F(RenderTest, InASvgCellsAreCrispAndPicturesSmooth)
{
    const QByteArray svg = renderFigure(figure::samples::mapsOverPictures(), Format::svg);

    EXPECT_EQ(svg.count("<image "), 5); // the legend's colours, two pictures, two maps
    EXPECT_EQ(svg.count("image-rendering:pixelated"), 2);
    EXPECT_EQ(svg.count("optimizeQuality"), 3);
}

// However coarse its pixels are.
TEST_F(RenderTest, ASmoothMapEndsWhereItsPictureEnds)
{
    const QString svg =
        QString::fromUtf8(renderFigure(figure::samples::mapsOverPictures(), Format::svg));

    static const QRegularExpression kPlace(
        "<image (x=\"[^\"]*\" y=\"[^\"]*\" width=\"[^\"]*\" height=\"[^\"]*\")[^>]*Quality");
    QStringList places;
    for (auto all = kPlace.globalMatch(svg); all.hasNext();)
        places << all.next().captured(1);
    ASSERT_EQ(places.size(), 3); // two pictures, the second one's map
    EXPECT_EQ(places[2], places[1]);
}

TEST_F(RenderTest, CaptionsStandUnderTheirPicturesAndAreCutToThem)
{
    figure::Figure figure = figure::samples::mapsOverPictures();
    figure.images[1].caption = std::string(400, 'w');

    const QStringList texts = svgTexts(renderFigure(figure, Format::svg));

    EXPECT_TRUE(texts.contains("Softmax"));
    EXPECT_TRUE(texts.contains("layer 3"));
    EXPECT_EQ(texts.filter(QRegularExpression("^w{10,60}…$")).size(), 1);
}

TEST_F(RenderTest, PicturesAloneHaveNoAxes)
{
    figure::Figure figure = figure::samples::mapsOverPictures();
    figure.grids.clear();
    const auto numbers = [&] {
        return svgTexts(renderFigure(figure, Format::svg)).filter(QRegularExpression("^[0-9]+$"));
    };

    EXPECT_FALSE(numbers().isEmpty());
    figure.axes = false;
    EXPECT_TRUE(numbers().isEmpty());
    EXPECT_FALSE(svgTexts(renderFigure(figure, Format::svg)).contains("x"));
}

TEST_F(RenderTest, NotesOnPicturesAreBlackOrWhiteByThePixel)
{
    figure::Figure figure;
    figure.images = {{.width = 2, .height = 1, .rgb = {0, 0, 0, 255, 255, 255}}};
    figure.annotations = {{"D", 0, 0}, {"B", 1, 0}};

    const QString svg = QString::fromUtf8(renderFigure(figure, Format::svg));

    EXPECT_TRUE(svg.contains(QRegularExpression("<text fill=\"#ffffff\"[^>]*>D</text>")));
    EXPECT_TRUE(svg.contains(QRegularExpression("<text fill=\"#000000\"[^>]*>B</text>")));
}

TEST(ReadingAt, SaysWhatAPictureShowsWhereNoMapLiesOverIt)
{
    figure::Figure figure;
    figure.images = {fourPixels()};
    figure.images[0].name = "coat";
    figure.images[0].caption = "taken for a shirt";
    const Frame frame{.rect = QRectF(0, 0, 40, 40), .x = {-0.5, 1.5}, .y = {-0.5, 1.5}};

    const auto reading = readingAt(figure, frame, {10, 10});
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->text, "coat\ntaken for a shirt");
    EXPECT_EQ(reading->place, QPointF(20, 20));
    figure.grids = {{.name = "w", .rows = 2, .columns = 2, .values = {1, 1, 1, 1}}};
    EXPECT_TRUE(readingAt(figure, frame, {10, 10})->text.contains("w 1"));
}

TEST(GridImage, CellsThatAreNotThereAreTransparent)
{
    const figure::Grid grid{.rows = 2, .columns = 2, .values = {1, NAN, 0, 1}};
    const Frame frame{
        .rect = QRectF(0, 0, 8, 8), .x = {-0.5, 1.5}, .y = {-0.5, 1.5}, .reversedY = true};

    const QImage image = gridImage(grid, frame, 1);

    EXPECT_EQ(qAlpha(image.pixel(6, 1)), 0);
    EXPECT_EQ(image.pixelColor(1, 1), QColor(0xfd, 0xe7, 0x25));
    EXPECT_EQ(image.pixelColor(1, 6), QColor(0x44, 0x01, 0x54));
    EXPECT_EQ(image.pixelColor(3, 3), image.pixelColor(0, 0)); // crisp up to the border
}

} // namespace
} // namespace vitrine::plot
