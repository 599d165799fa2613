/** Why a paper of the first edition has no lab, and what running it would take. */
export interface NotHere {
  /** The slug of its title, as a lab's `paper`. */
  readonly paper: string;
  /** What of it cannot be had in a browser or on one small machine, in one or two sentences. */
  readonly reason: string;
  /** What would be needed. */
  readonly needs: readonly string[];
}

/** Papers whose claims rest on large models, robots, or data that cannot be carried here: no stand-in would test what they say. */
export const NOT_HERE: readonly NotHere[] = [
  {
    paper: 'from-one-to-more-contextual-part-latents-for-3d-generation',
    reason:
      'What it claims is the quality of three-dimensional objects made part by part with a large diffusion model, judged on objects of many thousand shapes. A toy would show neither the quality nor the parts.',
    needs: ['a pre-trained 3D diffusion model', 'the PartVerse data', 'several graphics cards'],
  },
  {
    paper: 'veila-panoramic-lidar-generation-from-a-monocular-rgb-image',
    reason:
      'It makes laser scans of streets from photographs, and is judged by how real they are and how much they help to recognise what is on them. Both need recorded drives and a trained diffusion model.',
    needs: ['recorded drives with camera and laser, such as nuScenes', 'a trained diffusion model', 'graphics cards'],
  },
  {
    paper: 'revisor-beyond-textual-reflection-towards-multimodal-introspective-reasoning-in',
    reason:
      'It teaches a multimodal language model to look again at parts of a long video before it answers. Whether that helps shows only with such a model and long videos.',
    needs: ['a multimodal language model of several billion weights', 'benchmarks of long videos', 'graphics cards'],
  },
  {
    paper: 'unified-multimodal-chain-of-thought-reward-model-through-reinforcement-fine',
    reason:
      'It makes a reward model of pictures and videos reason at length before it judges. The claim is about judgements of a large model, compared with those of people.',
    needs: [
      'a vision-language model of several billion weights',
      'preferences of people over pictures',
      'graphics cards',
    ],
  },
  {
    paper: 'myodex-a-generalizable-prior-for-dexterous-manipulation',
    reason:
      'A simulated hand with 23 joints and some forty muscles learns many tasks before it learns new ones. Its numbers count tasks of that hand; a two-jointed arm would be another question.',
    needs: ['the MyoHand model in a physics simulator', 'thousands of hours of simulated practice'],
  },
  {
    paper: 'ctrl-world-a-controllable-generative-world-model-for-robot-manipulation',
    reason:
      'It foresees what a robot’s cameras will show, and is judged by whether robots do better when trained on what it foresees. That takes the robot, its recordings and a video model.',
    needs: ['the DROID recordings', 'a video diffusion model', 'a robot'],
  },
  {
    paper: 'video-reasoning-without-training',
    reason:
      'It steers a large model while it answers, by how uncertain its next words are. The accuracy and the words saved are those of that model on videos.',
    needs: ['a multimodal language model whose caches can be changed', 'benchmarks of videos', 'a graphics card'],
  },
  {
    paper: 'can-one-domain-help-others-a-data-centric-study-on-multi-domain-reasoning-via',
    reason:
      'It measures how training a language model on mathematics, code or puzzles changes how it does at the others. What small models share between tasks says nothing about that.',
    needs: ['a language model of seven billion weights', 'training by reinforcement on graphics cards'],
  },
  {
    paper: 'think-rm-enabling-long-horizon-reasoning-in-generative-reward-models',
    reason:
      'A language model thinks at length before it says which of two answers is better. How good its judgements are shows only with the model and people’s preferences.',
    needs: ['a language model of several billion weights', 'collections of preferences', 'graphics cards'],
  },
  {
    paper: 'vision-r1-incentivizing-reasoning-capability-in-multimodal-large-language-models',
    reason:
      'It reports how well a multimodal model solves mathematics with pictures after a certain order of training. Neither the model nor the order can be made small without changing what is asked.',
    needs: ['a multimodal language model of several billion weights', '200,000 worked examples', 'graphics cards'],
  },
  {
    paper: 'thinking-sparks-emergent-attention-heads-in-reasoning-models-during-post',
    reason:
      'It looks for attention heads that appear in released language models when they are trained to reason. There is nothing to look into without those models at every stage.',
    needs: ['the weights of Qwen models before and after training', 'graphics cards'],
  },
  {
    paper: 'neural-foundations-of-mental-simulation-future-prediction-of-latent',
    reason:
      'It compares models with recordings of neurons and with what people foresee. Without the recordings there is nothing to compare with.',
    needs: ['recordings of neurons and of people’s answers', 'pre-trained video models'],
  },
  {
    paper: 'warm-up-before-you-train-unlocking-general-reasoning-in-resource-constrained',
    reason:
      'It claims that logic puzzles prepare a language model for mathematics and code. That what is learned carries over is the claim, and it needs a model that knows both.',
    needs: ['a language model of several billion weights', 'training by reinforcement on graphics cards'],
  },
  {
    paper: 'reagent-v-a-reward-driven-multi-agent-framework-for-video-understanding',
    reason:
      'Several prompts of a large vision-language model check and correct each other about a video. The gains are that model’s, on its benchmarks.',
    needs: ['a vision-language model', 'benchmarks of videos', 'graphics cards'],
  },
  {
    paper: 'redefining-robot-generalization-through-interactive-intelligence',
    reason: 'It is a position paper: it argues for an architecture, and measures nothing that could be measured again.',
    needs: ['an experiment: the paper proposes none'],
  },
  {
    paper: 'attention-illuminates-llm-reasoning-the-preplan-and-anchor-rhythm-enables-fine',
    reason:
      'It finds a rhythm in the attention of language models while they reason, and trains them by it. Small models that do not reason have no such rhythm to find.',
    needs: ['a language model that reasons, with its attention', 'training by reinforcement on graphics cards'],
  },
];

/** By any of the names a paper goes by. */
export const notHere = (names: readonly string[]): NotHere | null =>
  NOT_HERE.find(({ paper }) => names.includes(paper)) ?? null;
