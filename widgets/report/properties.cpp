#include "widgets/report/properties.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "widgets/theme/style.h"
#include "widgets/theme/text.h"

#include <utility>

namespace vitrine
{
namespace
{

// The block that an item became; nullptr where it has none of that type.
template <typename Type>
const Type* blockOf(const report::Document& document, int section, int item)
{
    if (section < 0 || section >= static_cast<int>(document.sections.size()))
        return nullptr;
    const report::Section& composed = document.sections[static_cast<std::size_t>(section)];
    for (std::size_t i = 0; i < composed.blocks.size() && i < composed.items.size(); ++i)
        if (composed.items[i] == item)
            if (const auto* block = std::get_if<Type>(&composed.blocks[i]))
                return block;
    return nullptr;
}

} // namespace

ReportProperties::ReportProperties(QWidget* parent) : QScrollArea(parent)
{
    setAccessibleName(tr("Properties"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumWidth(240);
}

void ReportProperties::show(const report::Manuscript& manuscript, const report::Document& document,
                            int section, int item)
{
    manuscript_ = manuscript;
    // A field that is being typed in is left alone: what it says is what was just applied.
    const bool same = section == section_ && item == item_;
    if (same && (isTelling_ || (body_ != nullptr && body_->isAncestorOf(focusWidget()))))
        return;
    section_ = section;
    item_ = item;
    if (section < 0 || section >= static_cast<int>(manuscript.sections.size()))
        return showReport();
    const auto& items = manuscript.sections[static_cast<std::size_t>(section)].items;
    if (item < 0 || item >= static_cast<int>(items.size()))
        return showSection(section);
    const report::Item& chosen = items[static_cast<std::size_t>(item)];
    if (const auto* text = std::get_if<report::TextItem>(&chosen))
        return showText(*text);
    if (const auto* figure = std::get_if<report::FigureItem>(&chosen)) {
        const auto* block = blockOf<report::FigureBlock>(document, section, item);
        return showFigure(*figure, block ? &document.figures[block->figure] : nullptr);
    }
    showTable(std::get<report::TableItem>(chosen),
              blockOf<report::DataTable>(document, section, item));
}

void ReportProperties::begin(const QString& heading)
{
    body_ = new QWidget(this);
    column_ = new QVBoxLayout(body_);
    column_->setContentsMargins(12, 12, 12, 12);
    column_->setSpacing(4);
    auto* title = new QLabel(heading, body_);
    title->setProperty("role", "section");
    column_->addWidget(title);
    column_->addSpacing(8);
    if (QWidget* before = takeWidget())
        before->deleteLater(); // one of its fields may be telling of a change
    setWidget(body_);
}

void ReportProperties::change(const Apply& apply, const QString& label, const QString& key)
{
    report::Manuscript next = manuscript_;
    apply(next);
    if (next == manuscript_)
        return;
    manuscript_ = next;
    const bool was = std::exchange(isTelling_, true);
    emit edited(next, label, QString("%1/%2/%3").arg(section_).arg(item_).arg(key));
    isTelling_ = was;
}

void ReportProperties::addLine(const QString& name, const QString& value,
                               const QString& placeholder, const QString& help,
                               std::function<void(report::Manuscript&, std::string)> set)
{
    auto* label = new QLabel(name, body_);
    label->setProperty("role", "muted");
    auto* field = new QLineEdit(value, body_);
    field->setAccessibleName(name);
    field->setPlaceholderText(placeholder);
    field->setToolTip(help);
    field->setCursorPosition(0);
    label->setBuddy(field);
    column_->addWidget(label);
    column_->addWidget(field);
    column_->addSpacing(4);
    connect(field, &QLineEdit::textEdited, this, [this, name, set](const QString& text) {
        change([&](report::Manuscript& next) { set(next, text.toStdString()); },
               tr("Edit %1").arg(name.toLower()), name);
    });
}

void ReportProperties::addNumber(const QString& name, double value, double least, double most,
                                 double step, const QString& unit, const QString& help,
                                 std::function<void(report::Manuscript&, double)> set)
{
    auto* label = new QLabel(name, body_);
    label->setProperty("role", "muted");
    auto* field = new QDoubleSpinBox(body_);
    field->setAccessibleName(name);
    field->setToolTip(help);
    field->setRange(least, most);
    field->setSingleStep(step);
    field->setDecimals(step < 1 ? 2 : 0);
    if (!unit.isEmpty())
        field->setSuffix("\u2009" + unit);
    field->setValue(value);
    label->setBuddy(field);
    column_->addWidget(label);
    column_->addWidget(field);
    column_->addSpacing(4);
    connect(field, &QDoubleSpinBox::valueChanged, this, [this, name, set](double number) {
        change([&](report::Manuscript& next) { set(next, number); },
               tr("Change %1").arg(name.toLower()), name);
    });
}

void ReportProperties::showReport()
{
    begin(tr("Report"));
    addLine(tr("Title"), fromUtf8(manuscript_.title), tr("Untitled report"),
            tr("Stands on the first page and at the foot of each"),
            [](report::Manuscript& next, std::string text) { next.title = std::move(text); });
    addLine(tr("Subtitle"), fromUtf8(manuscript_.subtitle), {},
            tr("Under the title: authors, a date"),
            [](report::Manuscript& next, std::string text) { next.subtitle = std::move(text); });
    auto* appendix = new QCheckBox(tr("Reproducibility appendix"), body_);
    appendix->setAccessibleName(appendix->text());
    appendix->setToolTip(tr("Commands, hashes, versions, seeds, machine, n and intervals of every "
                            "run that is used"));
    appendix->setChecked(manuscript_.appendix);
    column_->addWidget(appendix);
    column_->addStretch(1);
    connect(appendix, &QCheckBox::toggled, this, [this](bool on) {
        change([on](report::Manuscript& next) { next.appendix = on; },
               on ? tr("Add the appendix") : tr("Leave out the appendix"), {});
    });
}

void ReportProperties::showSection(int section)
{
    begin(tr("Section"));
    const auto at = static_cast<std::size_t>(section);
    addLine(tr("Title"), fromUtf8(manuscript_.sections[at].title), tr("No title"),
            tr("Heads the section"), [at](report::Manuscript& next, std::string text) {
                next.sections[at].title = std::move(text);
            });
    column_->addStretch(1);
}

void ReportProperties::showText(report::TextItem item)
{
    begin(tr("Text"));
    auto* field = new QPlainTextEdit(fromUtf8(item.markdown), body_);
    field->setAccessibleName(tr("Text in Markdown"));
    field->setToolTip(tr("**strong**, *emphasis*, `code`, # heading, - list, 1. list, > quote, "
                         "| tables |"));
    field->setProperty("role", "mono");
    field->setTabChangesFocus(true);
    column_->addWidget(field, 1);
    auto* hint = new QLabel(tr("Markdown: **strong**, *emphasis*, `code`, lists, tables"), body_);
    hint->setProperty("role", "caption");
    hint->setWordWrap(true);
    column_->addWidget(hint);
    const auto s = static_cast<std::size_t>(section_), i = static_cast<std::size_t>(item_);
    connect(field, &QPlainTextEdit::textChanged, this, [this, field, s, i] {
        change(
            [&](report::Manuscript& next) {
                next.sections[s].items[i] = report::TextItem{field->toPlainText().toStdString()};
            },
            tr("Write"), "text");
    });
}

} // namespace vitrine
