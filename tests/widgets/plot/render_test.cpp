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
#include "widgets/plot/plot_view.h"

#include <gmock/gmock.h>

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
        figure::samples::sinkProfile(), figure::samples::headBars(),
        figure::samples::attentionMap(32),
        figure::samples::attentionMap(24, figure::ColourMap::difference),
        figure::samples::paretoScatter()};
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
