#include "plugins/quantization/figures/coded_published.h"
#include "plugins/quantization/view/card_pages.h"
#include "plugins/quantization/view/coded_view.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/verdict_card.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/flow_layout.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/table/claim_table.h"
#include "widgets/table/run_table.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kComparedHeight = 260, kLinesHeight = 320, kStreamHeight = 300, kCostHeight = 340;
constexpr int kLayerRowsHeight = 330, kFlipSide = 96;
constexpr int kMapsHeight = 430, kChangeHeight = 260;

} // namespace

QWidget* CodedView::makeContent()
{
    makePages(tr("Pages of the codes"));
    addPages();
    return makeColumn({makeBar()});
}

QWidget* CodedView::makeBar()
{
    auto* bar = new QWidget(this);
    auto* line = new FlowLayout(bar);
    line->addWidget(pages_->chooser());
    line->addWidget(makeRunChoice(bar, tr("Whose layers are shown"),
                                  tr("The run that is shown where one alone is")));
    simulate_ = new QPushButton(tr("Simulate…"), bar);
    simulate_->setAccessibleName(tr("Simulate on an accelerator"));
    line->addWidget(simulate_);
    ladder_ = new QPushButton(tr("Ladder"), bar);
    ladder_->setObjectName("ladder");
    ladder_->setAccessibleName(tr("Run the steps of the method one after the other"));
    line->addWidget(ladder_);
    connect(ladder_, &QPushButton::clicked, this, &CodedView::climb);
    connect(simulate_, &QPushButton::clicked, this, &CodedView::simulate);
    return bar;
}

void CodedView::addPages()
{
    pages_->addPage("versions", tr("Comparison"), tr("What each keeps, and what it costs"));
    verdict_ = new VerdictCard(tr("What is left of it"), this);
    pages_->addRow({verdict_}, 0);
    pages_->addRow({makeVersions(tr("The original and its versions in codes"))}, 0);
    pages_->addRow({plots_->add("coded-accuracy", kComparedHeight),
                    plots_->add("coded-times", kComparedHeight)},
                   1);
    pages_->addRow({makePareto(), plots_->add("coded-ladder", kLinesHeight)}, 1);
    pages_->addPage("layers", tr("Layers"), tr("Where it is lost, layer by layer"));
    pages_->addRow({plots_->add("coded-layers", kLinesHeight)}, 1);
    pages_->addRow({plots_->add("coded-stream", kStreamHeight)}, 1);
    pages_->addRow({makeLayerTable()}, 1);
    pages_->addPage("operations", tr("Operations"), tr("What a picture takes, by kind"));
    pages_->addRow(
        {plots_->add("coded-operations", kCostHeight), plots_->add("coded-energy", kCostHeight)},
        1);
    pages_->addRow({makeInFloat()}, 0);
    pages_->addRow({makeEnergies()}, 0);
    pages_->addPage("flips", tr("Flips"), tr("Pictures whose answer changed"));
    pages_->addRow({makeFlipWords()}, 0);
    pages_->addRow({plots_->addSheet("coded-lost", kFlipSide)}, 0);
    pages_->addRow({plots_->addSheet("coded-gained", kFlipSide)}, 0);
    pages_->addSpace();
    pages_->addPage("attention", tr("Attention"),
                    tr("Where the class token looks, before and after"),
                    tr("This run kept no attention: its network has no class token that looks at "
                       "patches, or it was made before attention was kept."));
    pages_->addRow({plots_->add("coded-attention", kMapsHeight)}, 0);
    pages_->addRow({plots_->add("coded-attention-change", kChangeHeight)}, 0);
    pages_->addRow({makeExperts()}, 0);
    pages_->addPage("inside", tr("Inside"),
                    tr("How sums become codes, and what tricks do to channels"),
                    tr("These runs were made before rescales and channels were kept: run again to "
                       "see them."));
    pages_->addRow({plots_->add("coded-rescales", kStreamHeight)}, 1);
    pages_->addRow({plots_->add("coded-rescale-map", kStreamHeight)}, 1);
    pages_->addRow({plots_->add("coded-spread", kStreamHeight), makeChannels()}, 1);
    pages_->addRow({plots_->add("coded-divisors", kStreamHeight)}, 1);
    pages_->addPage("published", tr("Published"), tr("What papers report, on other data"));
    pages_->addRow({makePublished()}, 0);
}

Panel* CodedView::makePareto()
{
    Panel* card = plots_->add("coded-pareto", kLinesHeight);
    over_ = new SegmentedSwitch(card);
    over_->setAccessibleName(tr("What accuracy is drawn over"));
    over_->setOptions({tr("Size"), tr("Bits")},
                      {tr("Bytes of the weights as stored"),
                       tr("Bits of each number as stored, scales and biases among them")});
    card->controls()->addWidget(over_);
    connect(over_, &SegmentedSwitch::chosen, this, [this](int place) {
        put("over", place == 1 ? QJsonValue("bits") : QJsonValue(),
            place == 1 ? tr("Draw over bits") : tr("Draw over size"));
    });
    return card;
}

Panel* CodedView::makeLayerTable()
{
    layersCard_ = new Panel(tr("Layers"), this);
    layers_ = new DataTable(layersCard_);
    layers_->setAccessibleName(tr("Layers of the selected run"));
    layers_->setFrameShape(QFrame::NoFrame);
    layers_->setMinimumHeight(kLayerRowsHeight);
    layers_->setTight(true);
    layersCard_->body()->addWidget(layers_, 1);
    return layersCard_;
}

Panel* CodedView::makeEnergies()
{
    energiesCard_ = new Panel(tr("What an operation is assumed to cost"), this);
    energiesCard_->setEnlargeable(false);
    energies_ = new ClaimTable(energiesCard_);
    energies_->setAccessibleName(tr("Energies and where they come from"));
    energiesCard_->body()->addWidget(energies_);
    return energiesCard_;
}

Panel* CodedView::makeInFloat()
{
    inFloatCard_ = new Panel(tr("What stays in floating point"), this);
    inFloatCard_->setEnlargeable(false);
    inFloat_ = new RunTable(inFloatCard_);
    inFloat_->setAccessibleName(tr("Parts in floating point, of each run"));
    inFloatCard_->body()->addWidget(inFloat_);
    return inFloatCard_;
}

Panel* CodedView::makeFlipWords()
{
    auto* card = new Panel(tr("What changed"), this);
    card->setEnlargeable(false);
    flipWords_ = wordsLabel("muted", tr("How many pictures flipped"), card);
    card->body()->addWidget(flipWords_);
    return card;
}

Panel* CodedView::makeChannels()
{
    Panel* card = plots_->add("coded-channels", kStreamHeight);
    channelChoice_ = choiceIn(card, tr("Layer of the channels"),
                              tr("The layer whose channels are shown; a click on the plot beside "
                                 "chooses too"),
                              20);
    card->controls()->addWidget(channelChoice_);
    connect(channelChoice_, &QComboBox::activated, this, [this](int place) {
        const QString layer = channelChoice_->itemData(place).toString();
        if (layer != current()["layer"].toString())
            selectLayer(layer);
    });
    return card;
}

Panel* CodedView::makeExperts()
{
    Panel* card = plots_->add("coded-experts", kMapsHeight);
    expertChoice_ = choiceIn(card, tr("Block of the mixtures"),
                             tr("The block whose mixtures of experts are shown"), 12);
    card->controls()->addWidget(expertChoice_);
    connect(expertChoice_, &QComboBox::activated, this, [this](int place) {
        const QString block = expertChoice_->itemData(place).toString();
        if (block != current()["layer"].toString())
            selectLayer(block);
    });
    return card;
}

Panel* CodedView::makePublished()
{
    auto* card = new Panel(tr("What papers report"), this);
    card->setEnlargeable(false);
    QLabel* words = wordsLabel("muted", tr("What these numbers are"), card);
    words->setText(QString::fromUtf8(kPublishedAreElsewhere));
    published_ = new ClaimTable(card);
    published_->setAccessibleName(tr("Published accuracies of others"));
    published_->setClaims(publishedVisionRows());
    card->body()->addWidget(words);
    card->body()->addWidget(published_);
    card->body()->addStretch(1);
    return card;
}

} // namespace vitrine::quantization_plugin
