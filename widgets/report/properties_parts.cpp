// Properties of figures and tables.
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "widgets/report/properties.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/text.h"

namespace vitrine
{
namespace
{

QPixmap swatch(int colour)
{
    QPixmap picture(14, 14);
    picture.fill(theme::paletteOf(theme::ThemeName::light).series(colour));
    return picture;
}

} // namespace

void ReportProperties::showFigure(const report::FigureItem& item, const report::PlacedFigure* drawn)
{
    using report::FigureItem;
    using report::Manuscript;
    begin(tr("Figure"));
    if (drawn == nullptr) {
        auto* none =
            new QLabel(tr("This figure cannot be drawn now; the preview says why."), body_);
        none->setWordWrap(true);
        none->setProperty("role", "muted");
        column_->addWidget(none);
        column_->addStretch(1);
        return;
    }
    const auto s = static_cast<std::size_t>(section_), i = static_cast<std::size_t>(item_);
    const auto edits = [s, i](Manuscript& next) -> report::FigureEdits& {
        return std::get<FigureItem>(next.sections[s].items[i]).edits;
    };
    addLine(tr("Title"), fromUtf8(drawn->title), {}, tr("Begins the caption, in bold"),
            [edits](Manuscript& next, std::string text) { edits(next).title = std::move(text); });
    const auto addText = [&](const QString& name, const std::string& value, const QString& help,
                             std::optional<std::string> report::FigureEdits::*field) {
        auto* label = new QLabel(name, body_);
        label->setProperty("role", "muted");
        auto* text = new QPlainTextEdit(fromUtf8(value), body_);
        text->setAccessibleName(name);
        text->setToolTip(help);
        text->setTabChangesFocus(true);
        text->setFixedHeight(72);
        label->setBuddy(text);
        column_->addWidget(label);
        column_->addWidget(text);
        column_->addSpacing(4);
        connect(text, &QPlainTextEdit::textChanged, this, [this, text, name, edits, field] {
            change(
                [&](Manuscript& next) { edits(next).*field = text->toPlainText().toStdString(); },
                tr("Edit %1").arg(name.toLower()), name);
        });
    };
    addText(tr("Caption"), drawn->caption, tr("Stands under the figure"),
            &report::FigureEdits::caption);
    addText(tr("Alt text"), drawn->altText, tr("What those hear who do not see the figure"),
            &report::FigureEdits::altText);
    addNumber(tr("Width"), drawn->width, 20, 400, 5, "mm",
              tr("On paper; wider than the page is drawn smaller"),
              [edits](Manuscript& next, double value) { edits(next).width = value; });
    addNumber(tr("Height"), drawn->height, 20, 400, 5, "mm", tr("On paper"),
              [edits](Manuscript& next, double value) { edits(next).height = value; });
    addNumber(tr("Font size"), drawn->textSize, 4, 24, 0.25, "pt",
              tr("Of labels and numbers; lines and marks grow with it"),
              [edits](Manuscript& next, double value) { edits(next).textSize = value; });
    addLine(tr("Label of x"), fromUtf8(drawn->x.label), {}, tr("The unit stays"),
            [edits](Manuscript& next, std::string text) { edits(next).xLabel = std::move(text); });
    addLine(tr("Label of y"), fromUtf8(drawn->y.label), {}, tr("The unit stays"),
            [edits](Manuscript& next, std::string text) { edits(next).yLabel = std::move(text); });
    auto* legend = new QCheckBox(tr("Legend"), body_);
    legend->setAccessibleName(legend->text());
    legend->setToolTip(tr("The names of lines and bars above the figure"));
    legend->setChecked(drawn->legend);
    column_->addWidget(legend);
    connect(legend, &QCheckBox::toggled, this, [this, edits](bool on) {
        change([&](Manuscript& next) { edits(next).legend = on; },
               on ? tr("Show the legend") : tr("Hide the legend"), {});
    });
    addColours(item, *drawn);
    column_->addStretch(1);
}

void ReportProperties::addColours(const report::FigureItem&, const figure::Figure& drawn)
{
    const auto s = static_cast<std::size_t>(section_), i = static_cast<std::size_t>(item_);
    // As they look on the white of a page.
    constexpr std::pair<int, const char*> kNames[] = {{0, "Blue"},
                                                      {1, "Vermilion"},
                                                      {2, "Green"},
                                                      {3, "Purple"},
                                                      {4, "Orange"},
                                                      {5, "Sky blue"},
                                                      {7, "Yellow"},
                                                      {figure::kTextColour, "Black"},
                                                      {figure::kMuted, "Grey"}};
    std::vector<std::pair<std::string, int>> named;
    for (const figure::Series& series : drawn.series)
        if (!series.name.empty())
            named.emplace_back(series.name, series.colour);
    for (const figure::Bars& bars : drawn.bars)
        if (!bars.name.empty())
            named.emplace_back(bars.name, bars.colour);
    if (named.empty())
        return;
    auto* heading = new QLabel(tr("Colours"), body_);
    heading->setProperty("role", "heading");
    column_->addSpacing(8);
    column_->addWidget(heading);
    for (const auto& [name, colour] : named) {
        auto* row = new QHBoxLayout;
        auto* label = new QLabel(fromUtf8(name), body_);
        label->setToolTip(fromUtf8(name));
        auto* choice = new QComboBox(body_);
        choice->setAccessibleName(tr("Colour of %1").arg(fromUtf8(name)));
        choice->setToolTip(tr("Safe for colour blindness, all of them"));
        for (const auto& [number, word] : kNames)
            choice->addItem(QIcon(swatch(number)), tr(word), number);
        choice->setCurrentIndex(choice->findData(colour < 0 ? figure::kMuted : colour % 8));
        label->setMinimumWidth(40);
        row->addWidget(label, 1);
        row->addWidget(choice);
        column_->addLayout(row);
        connect(choice, &QComboBox::activated, this, [this, s, i, choice, name = name] {
            change(
                [&](report::Manuscript& next) {
                    std::get<report::FigureItem>(next.sections[s].items[i]).edits.colours[name] =
                        choice->currentData().toInt();
                },
                tr("Change a colour"), {});
        });
    }
}

void ReportProperties::showTable(const report::TableItem& item, const report::DataTable* drawn)
{
    using report::Manuscript;
    using report::TableItem;
    begin(item.source == TableItem::Source::notes ? tr("Notes") : tr("Table"));
    const auto s = static_cast<std::size_t>(section_), i = static_cast<std::size_t>(item_);
    const auto table = [s, i](Manuscript& next) -> TableItem& {
        return std::get<TableItem>(next.sections[s].items[i]);
    };
    if (item.source == TableItem::Source::notes || drawn == nullptr) {
        auto* none = new QLabel(item.source == TableItem::Source::notes
                                    ? tr("What the runs say of themselves, and your own notes.")
                                    : tr("This table is not there now; the preview says why."),
                                body_);
        none->setWordWrap(true);
        none->setProperty("role", "muted");
        column_->addWidget(none);
        column_->addStretch(1);
        return;
    }
    addLine(tr("Title"), fromUtf8(item.title), fromUtf8(drawn->name), tr("Stands above the table"),
            [table](Manuscript& next, std::string text) { table(next).title = std::move(text); });
    addNumber(
        tr("Digits"), item.digits, 1, 17, 1, {}, tr("Significant digits of numbers"),
        [table](Manuscript& next, double value) { table(next).digits = static_cast<int>(value); });
    if (item.source == TableItem::Source::table)
        addNumber(tr("Rows"), static_cast<double>(item.rows), 1, 100'000, 10, {},
                  tr("On pages; CSV always has all"), [table](Manuscript& next, double value) {
                      table(next).rows = static_cast<std::int64_t>(value);
                  });
    // Metrics and parameters choose rows by their name, tables columns.
    std::vector<std::string> names;
    if (item.source == TableItem::Source::table) {
        for (const report::Heading& column : drawn->columns)
            names.push_back(column.name);
    } else {
        for (const auto& row : drawn->rows)
            names.push_back(row.front().text);
    }
    auto* heading =
        new QLabel(item.source == TableItem::Source::table ? tr("Columns") : tr("Rows"), body_);
    heading->setProperty("role", "heading");
    auto* list = new QListWidget(body_);
    list->setAccessibleName(heading->text());
    list->setToolTip(tr("Ticked ones are shown; untick to leave one out"));
    for (const std::string& name : names) {
        auto* row = new QListWidgetItem(fromUtf8(name), list);
        row->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        row->setCheckState(Qt::Checked);
    }
    list->setMinimumHeight(120);
    column_->addSpacing(8);
    column_->addWidget(heading);
    column_->addWidget(list, 1);
    auto* all = new QLabel(body_);
    if (!item.columns.empty()) {
        all->setText(tr("<a href=\"all\">Show all again</a>"));
        all->setTextInteractionFlags(Qt::LinksAccessibleByKeyboard | Qt::LinksAccessibleByMouse);
        column_->addWidget(all);
    }
    connect(all, &QLabel::linkActivated, this, [this, table] {
        change([&](Manuscript& next) { table(next).columns.clear(); }, tr("Show all columns"), {});
    });
    connect(list, &QListWidget::itemChanged, this, [this, list, table] {
        std::vector<std::string> chosen;
        for (int row = 0; row < list->count(); ++row)
            if (list->item(row)->checkState() == Qt::Checked)
                chosen.push_back(list->item(row)->text().toStdString());
        if (!chosen.empty()) // none chosen would mean all
            change([&](Manuscript& next) { table(next).columns = chosen; }, tr("Choose columns"),
                   {});
    });
}

} // namespace vitrine
