#include "widgets/runs/filter/tag_picker.h"

#include <QFrame>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include "widgets/theme/icon.h"

namespace vitrine
{
namespace
{

constexpr QSize kTagPopup(240, 260);

} // namespace

TagPicker::TagPicker(QWidget* parent)
    : QPushButton("Tags", parent),
      popup_(new QFrame(this, Qt::Popup)),
      line_(new QLineEdit(popup_)),
      list_(new QListWidget(popup_))
{
    setAccessibleName("Tags of the selected runs");
    setToolTip("Add tags to the selected runs, or take them away");
    setIcon(theme::icon("tag"));
    popup_->setProperty("role", "card");
    popup_->setFixedSize(kTagPopup);
    line_->setPlaceholderText("New tag, then Enter");
    line_->setAccessibleName("New tag");
    list_->setAccessibleName("Tags of the workspace");
    auto* column = new QVBoxLayout(popup_);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(line_);
    column->addWidget(list_);
    connect(this, &QPushButton::clicked, this, &TagPicker::open);
    connect(line_, &QLineEdit::returnPressed, this, [this] {
        const QString tag = line_->text().trimmed();
        if (!tag.isEmpty())
            emit tagsWished({tag}, {});
        popup_->hide();
    });
    connect(list_, &QListWidget::itemChanged, this, [this](const QListWidgetItem* item) {
        if (filling_)
            return;
        const QStringList tag{item->data(Qt::UserRole).toString()};
        const bool on = item->checkState() == Qt::Checked;
        emit tagsWished(on ? tag : QStringList(), on ? QStringList() : tag);
    });
}

void TagPicker::open()
{
    const Tags tags = source_ ? source_() : Tags();
    filling_ = true;
    list_->clear();
    for (const QString& tag : tags.known) {
        const auto found = tags.counts.find(tag);
        const int count = found == tags.counts.end() ? 0 : found->second;
        const bool some = count > 0 && count < tags.runs;
        auto* item = new QListWidgetItem(
            some ? QString("%1  (%2 of %3)").arg(tag).arg(count).arg(tags.runs) : tag, list_);
        item->setData(Qt::UserRole, tag);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(count == 0 ? Qt::Unchecked : some ? Qt::PartiallyChecked : Qt::Checked);
    }
    filling_ = false;
    line_->clear();
    popup_->move(mapToGlobal(QPoint(0, -kTagPopup.height() - 4)));
    popup_->show();
    line_->setFocus();
}

} // namespace vitrine
