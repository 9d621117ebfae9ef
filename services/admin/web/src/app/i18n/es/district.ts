import type { SameKeys } from '../catalogue.js';
import type { district as english } from '../en/district.js';

export const district: SameKeys<typeof english> = {
  district: {
    sentence: {
      more: 'El {{date}}, <reached>{{reached}} de {{total}}</reached> escuelas han llegado a la implementación inicial en {{initiative}}, <difference>{{difference}} más</difference> que el {{before}}.',
      fewer: 'El {{date}}, <reached>{{reached}} de {{total}}</reached> escuelas han llegado a la implementación inicial en {{initiative}}, <difference>{{difference}} menos</difference> que el {{before}}.',
      same: 'El {{date}}, <reached>{{reached}} de {{total}}</reached> escuelas han llegado a la implementación inicial en {{initiative}}, <difference>tantas</difference> como el {{before}}.',
      alone: 'El {{date}}, <reached>{{reached}} de {{total}}</reached> escuelas han llegado a la implementación inicial en {{initiative}}.',
      rest: 'En implementación plena: <full>{{full}}</full>. En pausa: <paused>{{paused}}</paused>. Abandonadas: <abandoned>{{abandoned}}</abandoned>.',
      attention: 'Necesitan atención: <attention>{{attention}}</attention>.',
      nothingYet: 'Ninguna escuela ha empezado. Abra una escuela abajo para registrar su inicio.',
      counted: 'Una escuela en pausa cuenta como llegada a su etapa; una que abandonó, no.',
    },
    bars: {
      title: 'Etapas por iniciativa',
      held: 'En pausa o abandonadas, contadas en la etapa',
      part: '{{stage}}: {{count}} de {{total}} escuelas',
      partHeld: '{{stage}}: {{count}} de {{total}} escuelas; de ellas, {{held}} en pausa o abandonadas',
    },
    trend: {
      title: '{{initiative}} en los últimos dos años',
      titleKnown: '{{initiative}} en los dos años hasta el {{date}}',
      hint: 'Haga clic o arrastre para elegir una fecha',
      short: 'Aún no hay dos semanas de historia.',
      week: 'Semana hasta el',
      slider: 'Fecha de la página',
      readout:
        '{{date}}: {{full_implementation}} en implementación plena, {{initial_implementation}} en implementación inicial, {{installation}} en instalación, {{exploration}} en exploración, {{not_started}} sin iniciar (escuelas)',
      aria: 'Áreas apiladas: cuántas escuelas hay en cada etapa, semana a semana durante dos años. La tabla de abajo contiene las mismas cifras.',
    },
    attention: {
      title: 'Necesitan atención',
      all_one: 'Mostrar {{count}} escuela',
      all_other: 'Mostrar las {{count}} escuelas',
      none: 'Ninguna escuela destaca en {{initiative}}: ninguna está en pausa, ninguna retrocedió hace poco, ninguna lleva demasiado en su etapa.',
      movedBack_one: 'Retrocedió de {{from}} a {{to}} hace {{days}} día',
      movedBack_other: 'Retrocedió de {{from}} a {{to}} hace {{days}} días',
      paused_one: 'En pausa; {{days}} día en {{stage}}',
      paused_other: 'En pausa; {{days}} días en {{stage}}',
      long_one: '{{days}} día en {{stage}}; la mitad de las escuelas activas allí lleva {{median}} días o menos',
      long_other: '{{days}} días en {{stage}}; la mitad de las escuelas activas allí lleva {{median}} días o menos',
      how: 'Cómo se eligen estas escuelas',
      howText:
        'Una escuela aparece si retrocedió a una etapa anterior en los últimos {{within}} días, si está en pausa, o si está activa y lleva en una etapa anterior a la implementación plena al menos {{days}} días y al menos {{factor}} veces lo que lleva la escuela activa central de esa etapa. Los tipos de motivo se alternan en el orden de la lista.',
    },
    table: {
      title: 'Todas las escuelas',
      find: 'Buscar una escuela',
      name: 'Escuela',
      stage: 'Etapa',
      status: 'Estado',
      since: 'En la etapa desde',
      days: 'Días en la etapa',
      count_one: '{{shown}} de {{count}} escuela',
      count_other: '{{shown}} de {{count}} escuelas',
      'reached-initial': 'Llegaron a la implementación inicial',
      'reached-full': 'Llegaron a la implementación plena',
      without: 'Quitar el filtro {{filter}}',
      empty: 'Ninguna escuela coincide. Quite un filtro o cambie las palabras.',
      first: 'Las primeras {{shown}} de {{count}}',
    },
  },
};
